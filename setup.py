"""Maps the folders of the repository to the packages of the distribution.

`events/`, `partners/` and `search/` lie at the top of the repository and are imported as `huunghi.events`,
`huunghi.partners` and `huunghi.search`. pyproject.toml alone cannot say that: it builds a wheel without `huunghi`.
"""

from setuptools import find_packages, setup

APPS = ("events", "partners", "search")
ROOTS = {"huunghi": "site/huunghi"} | {f"huunghi.{app}": app for app in APPS}


def packages() -> list[str]:
    """Every importable folder below the four roots, so that no subpackage has to be listed by hand."""
    return [
        name for root, folder in ROOTS.items() for name in (root, *(f"{root}.{sub}" for sub in find_packages(folder)))
    ]


DATA = ["templates/**/*", "static/**/*", "locale/*/LC_MESSAGES/*", "data/**/*"]

setup(
    packages=packages(),
    package_dir=ROOTS,
    package_data=dict.fromkeys(ROOTS, DATA),
)

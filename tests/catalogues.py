"""The catalogues of the interface: collecting texts, compiling, and what is missing.

    python -m tests.catalogues            collect the texts of all apps and compile (needs GNU gettext)
    python -m tests.catalogues compile    compile only

Texts are English in the code and have a Vietnamese and a Khmer translation. Compiled files are committed, so that a
clone runs without GNU gettext. A Khmer text that a native reader has not seen carries the comment REVIEW.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("vi", "km")
APPS = ("partners", "events", "search", "site/huunghi")
REVIEW = "REVIEW: a native reader has not seen this text."


def catalogue(app: str, language: str) -> Path:
    return ROOT / app / "locale" / language / "LC_MESSAGES" / "django.po"


def collect(app: str, language: str) -> polib.POFile:
    """The catalogue as it should be now: the texts of the code, with the translations that are there already."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "locale" / language / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True)
        existing = catalogue(app, language)
        if existing.exists():
            path.write_bytes(existing.read_bytes())
        # A copy: makemessages writes a file beside each template while it reads, where another run may be reading.
        ignored = shutil.ignore_patterns("locale", "static", "data", "__pycache__", "*.html.py")
        shutil.copytree(ROOT / app, folder, ignore=ignored, dirs_exist_ok=True)
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT / "site"),
            "DJANGO_SETTINGS_MODULE": "huunghi_site.settings.test",
        }
        django_admin = Path(sys.executable).with_name("django-admin")
        # Not `python -m django`: it would put this folder, with its http.py, before the standard library.
        subprocess.run(
            [django_admin, "makemessages", "-l", language, "--no-obsolete", "--no-location", "-v0"],
            cwd=folder,
            env=environment,
            check=True,
        )
        return polib.pofile(str(path))


def save(app: str, language: str, messages: polib.POFile) -> None:
    path = catalogue(app, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    messages.header = ""
    messages.metadata_is_fuzzy = False
    messages.metadata = {
        "Project-Id-Version": "wagtail-huunghi",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    messages.wrapwidth = 110
    messages.save(str(path))


def compile_all() -> None:
    for path in sorted(ROOT.glob("*/locale/*/LC_MESSAGES/django.po")) + sorted(
        ROOT.glob("site/*/locale/*/LC_MESSAGES/django.po")
    ):
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))


def main(arguments: list[str]) -> None:
    if arguments != ["compile"]:
        for app in APPS:
            for language in LANGUAGES:
                messages = collect(app, language)
                save(app, language, messages)
                print(f"{app} {language}: {len(messages.untranslated_entries())} of {len(messages)} untranslated")
    compile_all()


if __name__ == "__main__":
    main(sys.argv[1:])

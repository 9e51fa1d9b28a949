"""Settings of the processes of a proof: the test settings, fed as the environment says, with indices of their own."""
# ruff: noqa: F403, F405

from huunghi_site.settings.test import *

HUUNGHI_SEARCH = search_settings(env, VAR_DIR) | {"PREFIX": f"huunghi-test-{VAR_DIR.name.rpartition('-')[2]}"}
DATABASES["default"]["CONN_MAX_AGE"] = 0

"""`manage.py huunghi_openapi`"""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from huunghi.api import api


def openapi_text() -> str:
    """The OpenAPI document as it is kept in docs/reference/openapi.json."""
    return json.dumps(api.get_openapi_schema(), ensure_ascii=False, indent=2, default=str) + "\n"


class Command(BaseCommand):
    help = "Print the OpenAPI document of the API. Example: manage.py huunghi_openapi > docs/reference/openapi.json"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(openapi_text(), ending="")

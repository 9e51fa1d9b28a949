from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from huunghi_site.demo_users import LOOPBACK, users_with_well_known_passwords
from huunghi_site.serving import PortTakenError, choose_port, collect_static, gunicorn_command, own_names

SETTINGS = "huunghi_site.settings.local"


class Command(BaseCommand):
    help = "Serves what is in var/ like production does. Example: HOST=0.0.0.0 PORT=8080 manage.py huunghi_serve"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-collect", action="store_true", help="the static files are collected already")

    def handle(self, *args: Any, **options: Any) -> None:
        host = os.environ.get("HOST", "127.0.0.1")
        try:
            port = choose_port(host, os.environ.get("PORT"))
        except (PortTakenError, ValueError) as error:
            raise CommandError(str(error), returncode=2) from error
        if host not in LOOPBACK and list(users_with_well_known_passwords()):
            raise CommandError(
                "The demonstration's users still have the passwords of README. "
                f"Start with `HOST={host} make demo` once, which gives them new ones, or delete them.",
                returncode=2,
            )
        if not options["no_collect"] and collect_static(SETTINGS).wait() != 0:
            raise CommandError("The static files could not be collected.", returncode=2)
        for line in addresses(host, port):
            self.stdout.write(line)
        self.stdout.flush()
        os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
        os.environ["PORT"] = str(port)
        os.environ.setdefault("ALLOWED_HOSTS", ",".join(own_names(host)))
        command = gunicorn_command(host, port, settings.VAR_DIR)
        os.execv(command[0], command)


def addresses(host: str, port: int) -> list[str]:
    """What to open in a browser."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    base = f"http://{shown}:{port}"
    return [
        "",
        f"  Trang công khai    {base}/vi/   {base}/km/   {base}/en/",
        f"  Tìm kiếm           {base}/vi/search/",
        f"  Quản trị           {base}/admin/",
        f"  API + tài liệu     {base}/api/v1/docs",
        f"  Lịch (iCalendar)   {base}/api/v1/calendar.ics",
        "",
        "  Ctrl-C để dừng; dữ liệu nằm trong var/  (Ctrl-C stops; the data lies in var/)",
    ]

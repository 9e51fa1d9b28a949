from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count, Q

from ...webhooks.delivering import clear_old, deliver_due
from ...webhooks.models import DeliveryState, WebhookDelivery, WebhookEndpoint

EXAMPLES = """Examples:
  manage.py huunghi_webhooks list       who gets messages, and how many wait, were delivered or given up
  manage.py huunghi_webhooks deliver    send what is due, clear what is older than 30 days, and end

While the site runs, its processes or `huunghi_index work` deliver; nobody has to call this.
"""


class Command(BaseCommand):
    help = "Shows and delivers the messages of webhooks."

    def create_parser(self, *args: Any, **kwargs: Any) -> ArgumentParser:
        return super().create_parser(*args, epilog=EXAMPLES, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["deliver", "list"])

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['action']}")()

    def _deliver(self) -> None:
        due = deliver_due()
        cleared = clear_old()
        waiting = WebhookDelivery.objects.filter(state=DeliveryState.WAITING).count()
        self.stdout.write(f"{waiting} messages wait; {cleared} old ones were cleared.")
        if due:
            self.stdout.write(f"The next try is due at {due.isoformat(timespec='seconds')}.")

    def _list(self) -> None:
        in_state = {
            state.name.lower(): Count("deliveries", filter=Q(deliveries__state=state)) for state in DeliveryState
        }
        for endpoint in WebhookEndpoint.objects.annotate(**in_state):
            self.stdout.write(f"{endpoint.pk}  {endpoint.name}  {endpoint.address}")
            self.stdout.write(f"   {self._state_of(endpoint)}; {', '.join(endpoint.types)}")
            self.stdout.write(
                f"   {endpoint.waiting} waiting, {endpoint.delivered} delivered, {endpoint.given_up} given up"
            )

    @staticmethod
    def _state_of(endpoint: WebhookEndpoint) -> str:
        if not endpoint.active:
            return f"off ({endpoint.off_reason})" if endpoint.off_reason else "off"
        return f"fails since {endpoint.failing_since:%Y-%m-%d %H:%M}" if endpoint.failing_since else "on"

"""The name of this module is the one that Django looks for."""

from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """CONN_HEALTH_CHECKS asks at the first query of every request, and Django's own way to know is another query: as
    much as a third of a short answer.
    """

    def is_usable(self) -> bool:
        """A server that ends a connection says so, and nothing else is to be read of one that rests."""
        if self.connection is None or self.connection.closed:
            return False
        socket = select.poll()
        socket.register(self.connection.fileno(), select.POLLIN)
        return not socket.poll(0) or super().is_usable()

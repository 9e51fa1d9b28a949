"""A backend of WAGTAILFRONTENDCACHE that waits for a proxy only so long, and says when it did not purge."""

from __future__ import annotations

from http import HTTPStatus
from urllib.error import HTTPError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, build_opener

from wagtail.contrib.frontend_cache.backends.http import HTTPBackend, PurgeRequest

SECONDS = 5.0
# Varnish and nginx answer so when they had nothing to purge.
NOTHING_THERE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.PRECONDITION_FAILED)


class PurgeFailedError(Exception):
    """A proxy did not purge an address; it is tried again later."""


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


class ProxyBackend(HTTPBackend):
    """Wagtail's HTTPBackend (LOCATION: the proxy, such as http://127.0.0.1:80), but for time limit and errors."""

    _opener = build_opener(ProxyHandler({}), _NoRedirect())

    def purge(self, url: str) -> None:
        """Raises PurgeFailedError."""
        parts = urlsplit(url)
        place = urlunsplit([self.cache_scheme, self.cache_netloc, parts.path, parts.query, ""])
        request = PurgeRequest(place, headers={"Host": parts.netloc, "User-Agent": "huunghi-purge"})
        try:
            with self._opener.open(request, timeout=SECONDS):
                pass
        except HTTPError as error:
            error.close()
            if error.code not in NOTHING_THERE:
                raise PurgeFailedError(f"{url}: {self.cache_netloc} answered {error.code}.") from error
        except OSError as error:
            raise PurgeFailedError(f"{url}: {self.cache_netloc} does not answer: {error}") from error

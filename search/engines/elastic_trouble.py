"""What went wrong between the site and its Elasticsearch server, in a sentence that names the setting to look at."""

from __future__ import annotations

import re
from collections.abc import Iterator

from elasticsearch import ApiError, ConnectionTimeout, TransportError

UNAUTHENTICATED, FORBIDDEN = 401, 403
LONGEST = 500  # characters; a server may answer with a whole stack of causes
URL, CA_CERTS = "ELASTICSEARCH_URL (HUUNGHI_SEARCH['URL'])", "ELASTICSEARCH_CA_CERTS (HUUNGHI_SEARCH['CA_CERTS'])"
API_KEY = "ELASTICSEARCH_API_KEY (HUUNGHI_SEARCH['API_KEY'])"
PASSWORD = "ELASTICSEARCH_USER and ELASTICSEARCH_PASSWORD (HUUNGHI_SEARCH['USER'] and ['PASSWORD'])"

# What the causes of a connection that failed say, the most telling first.
_CAUSES = (
    ("not valid for|mismatch|doesn't match", f"Its certificate is for another name: use a name in it in {URL}."),
    ("certificate has expired", "Its certificate has expired: renew it on the server."),
    ("CERTIFICATE_VERIFY_FAILED", f"Its certificate is not trusted: {CA_CERTS} must name the file of the CA."),
    ("No such file|PermissionError|Permission denied", f"{CA_CERTS} names a file that cannot be read."),
    ("no start line|NO_CERTIFICATE|PEM lib", f"The file in {CA_CERTS} holds no certificate in PEM form."),
    ("WRONG_VERSION_NUMBER|record layer|HTTP_REQUEST", f"It speaks no TLS: {URL} must begin with http://."),
    ("NameResolution|Name or service|getaddrinfo", f"There is no host of this name: correct {URL}."),
    (
        "RemoteDisconnected|BadStatusLine|Connection aborted",
        f"It hung up. If it speaks TLS, {URL} must begin with https://.",
    ),
    ("refused|unreachable|No route", f"Nobody listens there: start the server or correct {URL}."),
)


def explained(error: BaseException) -> str:
    """One line for the log and for `huunghi_index status`; never holds a key or a password."""
    if isinstance(error, ApiError):
        return explained_answer(error.status_code, error)
    if isinstance(error, ConnectionTimeout):
        return f"Elasticsearch did not answer in time: {_short(error)}"
    if isinstance(error, TransportError):
        said = " ".join(f"{type(cause).__name__}: {cause}" for cause in _chain(error))
        for pattern, advice in _CAUSES:
            if re.search(pattern, said):
                return f"Elasticsearch cannot be reached. {advice}"
        return f"Elasticsearch cannot be reached: {_short(said)}"
    return f"Elasticsearch: {_short(error)}"


def explained_answer(status: int | None, what: object) -> str:
    """As `explained`, for what the server answered, or answered about one part of a request."""
    said = str(what)
    if status == UNAUTHENTICATED:
        return f"Elasticsearch does not let the site in. {_who(said)}"
    if status == FORBIDDEN and "security_exception" in said:
        action = re.search(r"action \[([^\]]+)\]", said)
        return (
            f"Elasticsearch forbids {action.group(1) if action else 'this'}: the key or user lacks a privilege on the "
            "indices of the archive. Those that search need read; those that feed need read, index and manage."
        )
    return f"Elasticsearch: {_short(said)}"


def _who(said: str) -> str:
    if "missing authentication" in said:
        return f"It asks for a key: set {API_KEY}."
    if "unable to authenticate user" in said:
        return f"User or password is wrong: correct {PASSWORD}."
    return f"The API key is wrong, has expired or was invalidated: set a new one in {API_KEY}."


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was raised from; at most ten, against circles."""
    current: BaseException | None = error
    for _ in range(10):
        if current is None:
            return
        yield current
        current = current.__cause__ or current.__context__


def _short(what: object) -> str:
    return str(what)[:LONGEST]

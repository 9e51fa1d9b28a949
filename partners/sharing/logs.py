"""No log line of this process holds a token, whoever writes it.

A filter on a logger would see only what is logged to that very logger, and loggers are many: Django names the address
of every 404, servers that of every request. Records are made in one place, so they are cleaned there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from .tokens import without_tokens

_formatter = logging.Formatter()


def install() -> None:
    """Clean every log record from now on. A second call changes nothing."""
    make = logging.getLogRecordFactory()
    if not getattr(make, "huunghi_cleans", False):
        logging.setLogRecordFactory(_cleaning(make))


def _cleaning(make: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
    def record(*args: Any, **kwargs: Any) -> logging.LogRecord:
        return cleaned(make(*args, **kwargs))

    record.huunghi_cleans = True  # type: ignore[attr-defined]
    return record


def cleaned(record: logging.LogRecord) -> logging.LogRecord:
    """The record, its message and its traceback without tokens."""
    try:
        message = record.getMessage()
    except Exception:  # wrong arguments are reported by the handler, not here
        message = f"{record.msg!r} {record.args!r}"
    clean = without_tokens(message)
    if clean != message:
        record.msg, record.args = clean, ()
    if record.exc_info and record.exc_info[0] is not None:
        # Handlers take this text instead of making their own.
        record.exc_text = without_tokens(_formatter.formatException(record.exc_info))
    return record

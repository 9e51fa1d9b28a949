"""Numbers as the readers of a language write them."""

from huunghi.events.numbers import number_text

__all__ = ["number_text"]

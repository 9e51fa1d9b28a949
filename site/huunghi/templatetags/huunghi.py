"""Tags and filters of the public templates. Each is one line to a function of `huunghi.public`."""

from __future__ import annotations

from typing import Any

import nh3
from django import template
from django.http import HttpRequest
from django.template import Context
from django.utils.safestring import SafeString, mark_safe

from huunghi.conf import language_name as own_name
from huunghi.feeds import embedding, structured
from huunghi.partners.access import Reader, reader_of
from huunghi.partners.rich_text import readable_html
from huunghi.portal import door
from huunghi.public import events, frame, front, lists, media, names, numbers, papers, partners, periods

register = template.Library()

TEXT_TAGS = {
    "p",
    "h2",
    "h3",
    "h4",
    "b",
    "strong",
    "i",
    "em",
    "ul",
    "ol",
    "li",
    "a",
    "br",
    "hr",
    "blockquote",
    "sup",
    "sub",
}


def _language(context: Context) -> str:
    surrounding = context.get("frame")
    return surrounding.language if surrounding else frame.page_language(context.get("page"))


def _request(context: Context) -> HttpRequest:
    return context["request"]


def _reader(context: Context) -> Reader:
    return reader_of(_request(context))


@register.simple_tag(takes_context=True)
def public_frame(context: Context) -> Any:
    """What surrounds the page; a view may have put its own into the context."""
    if context.get("frame"):
        return context["frame"]
    request, page = context.get("request"), context.get("page")
    if page is not None and request is not None:
        return frame.page_frame(page, request)
    return frame.bare_frame(frame.page_language(), request)


@register.simple_tag(takes_context=True)
def discovery(context: Context) -> SafeString:
    """Links in the head of a public page to what other sites may embed of it."""
    request = context.get("request")
    return embedding.discovery(context.get("page"), context["frame"], request) if request else SafeString("")


@register.simple_tag(takes_context=True)
def structured_data(context: Context) -> SafeString:
    """What a public page is about, for search engines; stands behind everything that reads the page's rows."""
    request = context.get("request")
    return structured.structured_data(context.get("page"), context["frame"], request) if request else SafeString("")


@register.simple_tag(takes_context=True)
def portal_partners(context: Context) -> list[SafeString]:
    """Names of the partners whose reader is signed in."""
    return [names.name_of(partner, _language(context)) for partner in door.partners_of(_reader(context))]


@register.simple_tag(takes_context=True)
def front_page(context: Context, page: Any) -> Any:
    return front.front_page(page, _request(context), _reader(context))


@register.simple_tag(takes_context=True)
def listing(context: Context, page: Any) -> Any:
    """The cards of an index page, for the year and month in the context."""
    return lists.listing(
        page, _request(context), _reader(context), _language(context), context.get("year"), context.get("month")
    )


@register.simple_tag(takes_context=True)
def event_detail(context: Context, page: Any) -> Any:
    return events.event_detail(page, _request(context), _reader(context))


@register.simple_tag(takes_context=True)
def confirmations(context: Context, page: Any) -> Any:
    return events.confirmations(page, _language(context), _reader(context))


@register.simple_tag(takes_context=True)
def exchange_detail(context: Context, page: Any) -> Any:
    return events.exchange_detail(page, _request(context), _reader(context))


@register.simple_tag(takes_context=True)
def partner_detail(context: Context, page: Any) -> Any:
    return partners.partner_detail(page, _request(context), _reader(context))


@register.simple_tag(takes_context=True)
def partners_by_country(context: Context) -> Any:
    return partners.partners_by_country(_language(context), _request(context), _reader(context))


@register.simple_tag(takes_context=True)
def article_detail(context: Context, page: Any) -> Any:
    return papers.article_detail(page, _request(context), _reader(context))


@register.simple_tag(takes_context=True)
def plan_detail(context: Context, page: Any) -> Any:
    return papers.plan_detail(page, _request(context), _reader(context))


@register.simple_tag(takes_context=True)
def report_detail(context: Context, page: Any) -> Any:
    return papers.report_detail(page, _reader(context))


@register.simple_tag(takes_context=True)
def publications(context: Context) -> Any:
    return papers.publications(_language(context))


@register.simple_tag(takes_context=True)
def channels_by_kind(context: Context) -> Any:
    return papers.channels_by_kind(_language(context))


@register.simple_tag(takes_context=True)
def record_name(context: Context, record: Any) -> SafeString:
    """The name of a place, partner, organisation or term, with `lang` when it is in another language."""
    return names.name_of(record, _language(context))


@register.simple_tag(takes_context=True)
def run(context: Context, text: str) -> SafeString:
    """A text of unrecorded language, with `lang` when its letters show that it is not the page's."""
    return names.run(text, _language(context))


@register.simple_tag(takes_context=True)
def number(context: Context, value: Any) -> str:
    return numbers.number_text(value, _language(context))


@register.simple_tag(takes_context=True)
def partial_date(context: Context, value: str) -> str:
    return periods.partial_date_text(value, _language(context))


@register.filter
def day(value: Any) -> str:
    return periods.day_text(value) if value else ""


@register.filter
def language_name(code: str) -> str:
    return own_name(code)


@register.filter
def file_details(document: Any) -> str:
    return ", ".join(media.file_details(document))


@register.simple_tag(takes_context=True)
def safe_text(context: Context, value: Any) -> SafeString:
    """Rich text with its links made addresses, and nothing in it but text: whatever wrote it, no script is shown."""
    source = str(getattr(value, "source", value) or "")
    html = readable_html(source, _reader(context), _language(context))
    return mark_safe(nh3.clean(html, tags=TEXT_TAGS, attributes={"a": {"href"}}))

"""Public addresses outside of the page tree: the archive search, and the permanent address of a record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.defaults import page_not_found

from huunghi.conf import content_languages, source_language
from huunghi.events.models import MeasureUnit
from huunghi.partners.access import ANONYMOUS, Reader, reader_of
from huunghi.partners.answers import keep_private, private_answer
from huunghi.search.answers import ArchiveAnswer, BadCursorError, retry_after
from huunghi.search.service import search_archive

from .cards import page_address
from .frame import readable_record, view_frame
from .names import plain_name
from .no_hits import nearest_years, relaxations, without_time, years_asked
from .results import chips_of, distances_of, results_of
from .search_form import PAGE_FACETS, ArchiveQuery, clean, read_query, shown_date

PAGE_SIZE = 20


@require_safe
def search(request: HttpRequest, language: str) -> HttpResponse:
    """The archive search. It works by links alone; a question that cannot be read is answered with 422 and the form."""
    with override(language):
        context, status = search_context(request, language, reader_of(request))
        context["whole_list_url"] = reverse("huunghi:search", kwargs={"language": language})
        context["frame"] = search_frame(request, language, context["query"])
        return private_answer(search_response(request, "huunghi/search.html", context, status), request)


def search_context(request: HttpRequest, language: str, reader: Reader) -> tuple[dict[str, Any], int]:
    """What the results page shows to a reader, but for its surroundings, and the status of the answer."""
    query = read_query(request.GET)
    errors = dict(query.errors)
    answer = None
    if not errors:
        try:
            answer = ask(query, language, reader)
        except BadCursorError:
            errors["cursor"] = _("This page of the results is no longer there. Start again from the first page.")
    context = {
        "query": query,
        "errors": errors,
        "start_text": shown_date(query.start) or request.GET.get("from", "")[:20],
        "end_text": shown_date(query.end) or request.GET.get("to", "")[:20],
        "measures": measures(language),
        "least_text": clean(request.GET.get("least", ""))[:20] if "least" in errors else "",
        "measure": request.GET.get("measure", ""),
        "answer": answer,
        "distances": distances_of(query, language),
        "chips": chips_of(query, answer, language, reader),
    }
    unavailable = answer is not None and answer.engine == "none"
    if answer and not unavailable:
        context["results"] = results_of(query, answer, request, reader)
        if answer.count == 0:
            context |= help_without_hits(query, answer, language, reader)
    return context, 422 if errors else 503 if unavailable else 200


def search_response(request: HttpRequest, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    response = render(request, template, context, status=status)
    if status == 503:
        response["Retry-After"] = str(retry_after(context["answer"].preparing))
    return response


def ask(query: ArchiveQuery, language: str, reader: Reader) -> ArchiveAnswer:
    return search_archive(
        query.text,
        language,
        query.filters(),
        facets=PAGE_FACETS,
        order=query.order,
        limit=PAGE_SIZE,
        cursor=query.cursor,
        reader=reader,
    )


def measures(language: str) -> list[tuple[str, str]]:
    """(code, name) of the units of measure that a reader can choose."""
    return [(unit.code, plain_name(unit, language)) for unit in MeasureUnit.objects.filter(active=True)]


def help_without_hits(query: ArchiveQuery, answer: ArchiveAnswer, language: str, reader: Reader) -> dict[str, object]:
    """What a reader can do next. The nearest years need a second question, without the time that was asked for."""
    years = []
    if years_asked(query):
        years = nearest_years(query, ask(without_time(query), language, reader).timeline, language)
    return {"relaxations": relaxations(query, answer, reader), "nearest_years": years}


def search_frame(request: HttpRequest, language: str, query: ArchiveQuery) -> object:
    def address(code: str) -> str:
        return reverse("huunghi:search", kwargs={"language": code})

    title = _("Search: %(query)s") % {"query": query.text} if query.text else _("Search the archive")
    return view_frame(language, request, title, address, query.address() if query.pairs() else "")


@require_safe
def permanent_address(request: HttpRequest, key: UUID) -> HttpResponse:
    """Leads to the record in the reader's language, else in the nearest one; 404 when nobody may read it.

    Temporary, because the answer depends on the reader's languages: `?lang=`, the language chosen before, the
    browser's own.
    """
    asked = request.GET.get("lang", "")
    language = asked if asked in content_languages() else get_language_from_request(request)
    if language not in content_languages():
        language = source_language()
    reader = reader_of(request)
    page = readable_record(key, language, reader)
    if page is None:
        # LocaleMiddleware would turn the 404 into a redirect to /<language>/id/…; it leaves a request alone whose
        # addresses know no languages.
        request.urlconf = ()
        raise Http404
    response = HttpResponseRedirect(page_address(page, language, request))
    patch_vary_headers(response, ["Accept-Language"])
    # The choice also hangs on a cookie, which shared caches must not have to tell apart.
    response["Cache-Control"] = "private, max-age=0"
    return response if reader == ANONYMOUS else keep_private(response)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """For a site's `handler404`: one answer for what is hidden and what never was, which no cache keeps."""
    response = page_not_found(request, exception)
    response["Cache-Control"] = "no-store"
    return response

"""Public addresses outside of the page tree: the archive search, and the permanent address of a record."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huunghi.conf import content_languages, source_language
from huunghi.search.answers import ArchiveAnswer, BadCursorError
from huunghi.search.engines.base import FACETS
from huunghi.search.service import search_archive

from .cards import page_address
from .frame import public_record, view_frame
from .results import chips_of, nearest_years, relaxations, results_of, without_time, years_asked
from .search_form import ArchiveQuery, read_query, shown_date

PAGE_SIZE = 20


@require_safe
def search(request: HttpRequest, language: str) -> HttpResponse:
    """The archive search. It works by links alone; a question that cannot be read is answered with 422 and the form."""
    with override(language):
        query = read_query(request.GET)
        errors = dict(query.errors)
        answer = None
        if not errors:
            try:
                answer = ask(query, language)
            except BadCursorError:
                errors["cursor"] = _("This page of the results is no longer there. Start again from the first page.")
        context = {
            "query": query,
            "errors": errors,
            "start_text": shown_date(query.start) or request.GET.get("from", "")[:20],
            "end_text": shown_date(query.end) or request.GET.get("to", "")[:20],
            "answer": answer,
            "chips": chips_of(query, answer, language),
            "whole_list_url": reverse("huunghi:search", kwargs={"language": language}),
            "frame": search_frame(request, language, query),
        }
        if answer:
            context["results"] = results_of(query, answer, request)
            if answer.count == 0:
                context |= help_without_hits(query, answer, language)
        return render(request, "huunghi/search.html", context, status=422 if errors else 200)


def ask(query: ArchiveQuery, language: str) -> ArchiveAnswer:
    return search_archive(
        query.text,
        language,
        query.filters(),
        facets=tuple(FACETS),
        order=query.order,
        limit=PAGE_SIZE,
        cursor=query.cursor,
    )


def help_without_hits(query: ArchiveQuery, answer: ArchiveAnswer, language: str) -> dict[str, object]:
    """What a reader can do next. The nearest years need a second question, without the time that was asked for."""
    years = []
    if years_asked(query):
        years = nearest_years(query, ask(without_time(query), language).timeline, language)
    return {"relaxations": relaxations(query, answer), "nearest_years": years}


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
    page = public_record(key, language)
    if page is None:
        # LocaleMiddleware would turn the 404 into a redirect to /<language>/id/…; it leaves a request alone whose
        # addresses know no languages.
        request.urlconf = ()
        raise Http404
    response = HttpResponseRedirect(page_address(page, language, request))
    patch_vary_headers(response, ["Accept-Language"])
    # The choice also hangs on a cookie, which shared caches must not have to tell apart.
    response["Cache-Control"] = "private, max-age=0"
    return response

"""The API, version 1: which routers answer where."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import Resolver404, URLPattern, register_converter, resolve
from django.urls.converters import PathConverter
from ninja import NinjaAPI, Router
from ninja.openapi.docs import Swagger

from huunghi.events.api.articles import router as articles_router
from huunghi.events.api.channels import router as channels_router
from huunghi.events.api.exchanges import router as exchanges_router
from huunghi.events.api.export import router as export_router
from huunghi.events.api.plans import router as plans_router
from huunghi.events.api.publications import router as publications_router
from huunghi.events.api.reports import router as reports_router
from huunghi.events.api.router import calendar_router
from huunghi.events.api.statistics import router as statistics_router
from huunghi.feeds.calendars import router as feeds_router
from huunghi.http import MAX_VALUES, PROBLEM_JSON, ProblemDetail, Utf8Renderer, install_problem_handlers, problem_view
from huunghi.own_language import in_asked_language
from huunghi.partners.api.router import router as partners_router
from huunghi.search.api.router import router as search_router

from .bearer import BearerReader
from .conditional import with_tags
from .find import router as find_router
from .limits import limited
from .shared import router as shared_router
from .writing import router as events
from .writing.descriptions import body_schemas
from .writing.refusals import install_refusals

DESCRIPTION = (
    "What anybody may read of the archive: events, partners and a search over everything. Dates are ISO 8601, cut to "
    "what is known. An id is the same in every language and never changes. An unknown parameter or a bad value is an "
    "error that names the parameter; nothing is ignored silently."
)
ERRORS = re.compile(r"[45]\d\d")


class LocalSwagger(Swagger):
    """Swagger from this site's own static files; nothing is asked of another host."""

    def __init__(self) -> None:
        super().__init__({"validatorUrl": None})

    def get_openapi_url(self, api: NinjaAPI, path_params: dict[str, Any]) -> str:
        # Relative, because a host may include the plugin under any prefix and namespace.
        return "openapi.json"


class ArchiveAPI(NinjaAPI):
    """A NinjaAPI in which every error is a problem document and no address depends on where it is mounted."""

    def _get_urls(self) -> list[Any]:
        patterns = super()._get_urls()
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                pattern.callback = in_asked_language(limited(with_tags(problem_view(pattern.callback))))
        return patterns

    def get_openapi_schema(self, **kwargs: Any) -> dict[str, Any]:
        schema = super().get_openapi_schema(path_prefix="")
        schema["components"]["schemas"].update(body_schemas())
        for operations in schema["paths"].values():
            for operation in operations.values():
                _declare_bearer(operation)
                _declare_parameters(operation)
                _declare_problems(operation["responses"])
        return schema


def _declare_bearer(operation: dict[str, Any]) -> None:
    """What anybody may ask takes a key or a token as well, and refuses a wrong one."""
    if operation.get("security") == [{BearerReader.__name__: []}]:
        operation["security"] = [{}, *operation["security"]]
        content = {PROBLEM_JSON: {"schema": {"$ref": f"#/components/schemas/{ProblemDetail.__name__}"}}}
        for status in (401, 429):
            answer = {"description": HTTPStatus(status).phrase, "content": content}
            operation["responses"].setdefault(status, answer)


def _declare_parameters(operation: dict[str, Any]) -> None:
    """No address can hold null, and nothing may be repeated without end: see `check_query`."""
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        ways = [way for way in schema.pop("anyOf", ()) if way.get("type") != "null"]
        if ways:
            schema |= ways[0] if len(ways) == 1 else {"anyOf": ways}
        if schema.get("type") == "array":
            schema.setdefault("maxItems", MAX_VALUES)


def _declare_problems(responses: dict[Any, Any]) -> None:
    """Ninja gives every answer the API's own media type; errors have one of their own."""
    for status, response in responses.items():
        if ERRORS.fullmatch(str(status)) and "content" in response:
            (schema,) = response["content"].values()
            response["content"] = {PROBLEM_JSON: schema}


class AnythingConverter(PathConverter):
    """As `path`, with line breaks: their address is no page of the site either."""

    regex = r"[\s\S]+"


register_converter(AnythingConverter, "huunghi_anything")
rest = Router()


@rest.api_operation(["GET", "POST", "PUT", "PATCH", "DELETE"], "/{huunghi_anything:path}", include_in_schema=False)
def unknown_address(request: HttpRequest, path: str) -> HttpResponse:
    """A problem document in place of the site's 404 page; a forgotten slash at the end is put there."""
    try:
        known = resolve(f"{request.path_info}/").url_name != unknown_address.__name__
    except Resolver404:
        known = False
    if known and not path.endswith("/"):
        query = request.META.get("QUERY_STRING", "")
        there = HttpResponsePermanentRedirect(f"{request.path}/{'?' if query else ''}{query}")
        there.status_code = 301 if request.method == "GET" else 308  # what is written is sent there again
        return there
    raise Http404("There is nothing at this address.")


def build_api() -> NinjaAPI:
    """A new API object with all routers; building it twice in one process is fine."""
    api = ArchiveAPI(
        title="Hữu Nghị",
        version="1",
        description=DESCRIPTION,
        urls_namespace="huunghi_v1",
        docs=LocalSwagger(),
        renderer=Utf8Renderer(),
        # Relative to the document, so that "Try it out" works under any prefix.
        servers=[{"url": "."}],
        auth=BearerReader(),
    )
    install_problem_handlers(api)
    install_refusals(api)
    api.add_router("/events/", events.router)
    api.add_router("/partners/", partners_router)
    api.add_router("/exchanges/", exchanges_router)
    api.add_router("/articles/", articles_router)
    api.add_router("/plans/", plans_router)
    api.add_router("/reports/", reports_router)
    api.add_router("/publications/", publications_router)
    api.add_router("/channels/", channels_router)
    api.add_router("/statistics/", statistics_router)
    api.add_router("/find/", find_router)
    api.add_router("/archive/", search_router)
    api.add_router("/shared/", shared_router)
    api.add_router("", calendar_router)
    api.add_router("", export_router)
    api.add_router("", feeds_router)
    api.add_router("", rest)
    return api


api = build_api()

"""The two addresses of the protocol: where it is spoken, and the schema of our own format."""

from __future__ import annotations

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from huunghi.conf import source_language
from huunghi.own_language import with_own_language

from ..answers import public_answer
from ..markup import XML_TYPE
from .arguments import ProtocolError, read_arguments
from .responses import VERBS, envelope, error

SCHEMA = Path(__file__).resolve().parents[2] / "data" / "event.xsd"
WITHOUT_ARGUMENTS = ("badVerb", "badArgument")  # of these the protocol does not repeat what was asked


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def oai(request: HttpRequest) -> HttpResponse:
    """One answer of the protocol; errors too have the status 200.

    Whoever keeps it has to ask again: what is hidden is gone for harvesters at once. Nobody keeps what there is not.
    """
    moment = timezone.now()  # before anything is read: a change meanwhile is told to whoever asks for changes since
    arguments: dict[str, str] = {}
    with override(source_language()):
        try:
            arguments = read_arguments(request.POST if request.method == "POST" else request.GET)
            content, control = VERBS[arguments["verb"]](request, arguments), "no-cache"
        except ProtocolError as problem:
            content, control = error(problem), "no-store"
            if problem.code in WITHOUT_ARGUMENTS:
                arguments = {}
        if arguments.get("verb") == "GetRecord" and 'status="deleted"' in content:
            control = "no-store"
        answer = HttpResponse(envelope(request, moment, arguments, content), content_type=XML_TYPE)
    answer["Cache-Control"] = control
    return with_own_language(answer)


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    return public_answer(request, HttpResponse(SCHEMA.read_bytes(), content_type=XML_TYPE), seconds=86_400)

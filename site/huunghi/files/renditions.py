"""Pictures in the sizes that the API names."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe
from wagtail.images import get_image_model

from huunghi.partners.api.pictures import KINDS, WIDTHS, specification

from .access import Admission, admission
from .answering import answer
from .views import never_there

MAX_NUMBER = 2**63 - 1  # of a row in any database


@require_safe
def picture(request: HttpRequest, image_id: int, width: int, kind: str) -> HttpResponseBase:
    """One size of a picture, for whoever may have the picture. It is made when it is asked for the first time.

    An answer of the API names nine sizes of each picture, most of which nobody ever wants: made there, they would cost
    the first reader seconds.
    """
    try:
        return _of_size(request, image_id, width, kind)
    except Http404:
        return never_there(request)


def _of_size(request: HttpRequest, image_id: int, width: int, kind: str) -> HttpResponseBase:
    if width not in WIDTHS or kind not in KINDS or image_id > MAX_NUMBER:
        raise Http404
    found_for = admission(get_image_model(), image_id, request)
    image = get_image_model().objects.filter(pk=image_id).first()
    if found_for is Admission.NOBODY or image is None or image.is_svg():
        raise Http404
    try:
        rendition = image.get_rendition(specification(width, kind))
    except OSError as error:  # the file is gone, or nothing can be drawn from it
        raise Http404 from error
    return answer(rendition.file, request, public=found_for is Admission.EVERYBODY)

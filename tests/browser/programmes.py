"""What the journeys of sharing begin with, made inside of the running site's archive.

    python manage.py shell --no-imports -c "from tests.browser import programmes; programmes.make()"

prints it as JSON: the pages by name, and the number of the partner with which they are shared.
"""

import json

from huunghi.events.models import EventPage, EventPartnerSide, EventPhoto, Venue
from huunghi.partners.models import EditorialUnit
from huunghi.site_setup import section_for
from tests.access.conftest import make_partner_of_readers, make_user, share
from tests.factories import make_event, make_image, make_place

TAKEO, KANDAL = "KH-21", "KH-8"
PASSWORD = "chín-con-rồng-9"
# Title, Khmer title, caption of the photo that everybody gets who gets the page, and of the one that Takeo does not.
TEXTS = {
    "draft": ("Chương trình trao đổi học sinh", "កម្មវិធីផ្លាស់ប្តូរសិស្សព្រំដែន", "Phượnghồng", "Bạchhạc"),
    "linked": ("Hội thao thanh niên hai tỉnh", "ការប្រកួតកីឡាយុវជនខេត្តទាំងពីរ", "Lễ khai mạc", "Sau cánh gà"),
    "asked": ("Họp mặt hữu nghị đầu năm", "ការជួបជុំមិត្តភាពដើមឆ្នាំ", "Lễ chào cờ", "Phòng nghỉ"),
}
HALL, KHMER_HALL = "Nhà văn hóa Châu Thành", "សាលប្រជុំខេត្តតាកែវ"
ATTENDANCE = 175


def make():
    """A draft that is shared with nobody, and two programmes for partners that are shared with Takeo."""
    takeo, kandal = make_partner_of_readers(TAKEO), make_partner_of_readers(KANDAL)
    for name, partner in (("takeo.reader", takeo), ("kandal.reader", kandal)):
        make_user(name, groups=[partner.readers], password=PASSWORD)
    pages = {"draft": make_programme("draft", takeo, live=False)}
    for name in ("linked", "asked"):
        event = pages[name] = make_programme(name, takeo, visibility="partners")
        share(event, takeo, images=[event.photos.last().image])
    print(json.dumps({"takeo": takeo.pk, "pages": {name: described(page) for name, page in pages.items()}}))


def make_programme(name, partner, *, live=True, **fields):
    """In Vietnamese and Khmer, with a venue and two photos."""
    title, khmer, *captions = TEXTS[name]
    unit = EditorialUnit.objects.get(organisation__key="org-peoples-committee-an-giang")
    event = make_event(
        title,
        unit=unit.organisation,
        parent=section_for(EventPage, unit.organisation, "vi"),
        translations={"km": khmer},
        rows={
            "partner_sides": [EventPartnerSide(partner=partner)],
            "venues": [Venue(place=make_place(TAKEO), name=HALL, attendance=ATTENDANCE)],
            "photos": [
                EventPhoto(image=image_of(unit), caption=caption, sort_order=number)
                for number, caption in enumerate(captions)
            ],
        },
        live=False,
        **fields,
    )
    translation = event.get_translations().get().specific
    translation.venues.update(name=KHMER_HALL)
    for page in EventPage.objects.filter(translation_key=event.translation_key).order_by("pk"):
        revision = page.save_revision(clean=False)
        if live:
            revision.publish()
    return EventPage.objects.get(pk=event.pk)


def image_of(unit):
    """A picture that the editors of the unit may use."""
    image = make_image(size=(480, 360))
    image.collection = unit.collection
    image.save()
    return image


def described(event):
    translation = event.get_translations().get()
    return {
        "key": str(event.translation_key),
        "forms": {"vi": f"/admin/pages/{event.pk}/edit/", "km": f"/admin/pages/{translation.pk}/edit/"},
        "files": [photo.image.file.url for photo in event.photos.all()],
        "urls": {"vi": event.url, "km": translation.url},
    }

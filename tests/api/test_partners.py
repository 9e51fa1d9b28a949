import pytest

from huunghi.partners.models import Agreement, PartnerPhoto, Partnership, PartnershipStatus
from tests.factories import make_image, make_organisation, make_partner, make_partner_page, make_place, unique

pytestmark = pytest.mark.django_db


def test_partners_are_listed_by_code_in_the_asked_language(api):
    make_partner_page(make_partner("KH-21"), "Takeo")
    make_partner_page(make_partner("KH-8"), "Kandal", translations={"km": "កណ្តាល"})
    items = api("/partners/", lang="km").json()["items"]
    assert [(item["code"], item["title"], item["lang"]) for item in items] == [
        ("KH-21", "Takeo", "vi"),
        ("KH-8", "កណ្តាល", "km"),
    ]
    assert {item["country"] for item in items} == {"KH"}
    assert items[1]["names"]["en"] == "Kandal"


def test_a_partner_without_a_public_page_is_not_shown(api):
    make_partner("KH-8")
    make_partner_page(make_partner("KH-21"), "CANARY", live=False)
    make_partner_page(make_partner("KH-11"), "CANARY", visibility="partners")
    assert api("/partners/").json() == {"items": [], "next": None}
    never_was = api("/partners/XX-1/")
    assert never_was.status_code == 404
    for code in ("KH-8", "KH-21", "KH-11"):
        assert api(f"/partners/{code}/").content == never_was.content


def test_a_country_narrows_the_list(api):
    make_partner_page(make_partner("KH-8"))
    make_partner_page(make_partner("LA", place=make_place("LA", kind="country")))
    assert [item["code"] for item in api("/partners/", country="KH").json()["items"]] == ["KH-8"]
    assert [item["code"] for item in api("/partners/", country="LA").json()["items"]] == ["LA"]


def test_a_cursor_walks_over_every_partner_once(api):
    codes = sorted(unique("partner") for _ in range(5))
    for code in codes:
        make_partner_page(make_partner(code))
    seen, parameters = [], {"limit": 2}
    while True:
        answer = api("/partners/", **parameters).json()
        seen += [item["code"] for item in answer["items"]]
        if answer["next"] is None:
            break
        parameters["cursor"] = answer["next"]
    assert seen == codes


def make_partner_with_agreements(number):
    partner = make_partner(contact="CANARY", place=make_place())
    for _ in range(number):
        Partnership(
            key=unique("partnership"),
            organisation=make_organisation(vi="Sở Giáo dục"),
            partner=partner,
            status="active",
            agreements=[Agreement(names={"vi": "Biên bản"}, signed_on="2018-12", place=make_place())],
            status_history=[PartnershipStatus(status="agreed", since="2018")],
        ).save()
    make_partner_page(
        partner,
        "Đối tác",
        rows={"photos": [PartnerPhoto(image=make_image(), caption=f"Ảnh {i}") for i in range(number)]},
    )
    return partner


def test_a_partner_shows_its_agreements_and_no_contact(api):
    partner = make_partner_with_agreements(1)
    answer = api(f"/partners/{partner.code}/")
    assert b"CANARY" not in answer.content
    partnership = answer.json()["partnerships"][0]
    assert partnership["organisation"]["names"] == {"vi": "Sở Giáo dục"}
    assert partnership["agreements"][0]["signed_on"] == "2018-12"
    assert partnership["history"] == [{"status": "agreed", "since": "2018"}]
    assert [photo["caption"] for photo in answer.json()["photos"]] == ["Ảnh 0"]


def test_the_number_of_queries_does_not_grow_with_the_answer(count_queries):
    small, large = make_partner_with_agreements(1), make_partner_with_agreements(6)
    for _ in range(28):
        make_partner_page(make_partner(place=make_place(parent=make_place(unique("country"), kind="country"))))
    assert count_queries(f"/partners/{small.code}/") == count_queries(f"/partners/{large.code}/") <= 14
    assert count_queries("/partners/", limit=1) == count_queries("/partners/", limit=30) <= 4


def test_a_partner_is_found_by_the_slug_of_its_page_as_well(api):
    page = make_partner_page(make_partner("KH-8"), "Kandal")
    make_partner_page(make_partner(page.slug), "Trùng tên", live=False)
    hidden = make_partner_page(make_partner("KH-21"), "Takeo", visibility="partners")
    assert api(f"/partners/{page.slug}/").json()["code"] == "KH-8"
    assert api(f"/partners/{hidden.slug}/").content == api("/partners/khong-co/").content

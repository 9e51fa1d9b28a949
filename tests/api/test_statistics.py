"""Counts and sums, and that each of them is what the list at its address holds."""

import pytest

from huunghi.events.models import EventOrganiser, EventPartnerSide, Figure
from huunghi.partners.models import CooperationField
from tests.access.conftest import share, world  # noqa: F401  a fixture
from tests.api.conftest import problem_names
from tests.factories import make_event, make_kind, make_measure, make_organisation, make_partner, unique

pytestmark = pytest.mark.django_db


def groups(api, group_by, **parameters):
    answer = api("/statistics/", group_by=group_by, **parameters)
    assert answer.status_code == 200, answer.content
    return {group["value"]: group for group in answer.json()["groups"]}


def sums(group):
    return {figure["unit"]["code"]: (figure["total"], figure["events"]) for figure in group["figures"]}


@pytest.fixture
def archive():
    kandal, takeo = make_partner("KH-8"), make_partner("KH-21")
    body = make_organisation("lien-hiep", vi="Liên hiệp")
    people, money, dollars = make_measure("attendance"), make_measure("VND"), make_measure("USD")
    fields = list(CooperationField.objects.all()[:2])
    make_event(
        "Hai đối tác",
        start="2019-12-30",
        end="2020-01-02",
        fields=fields,
        rows={
            "partner_sides": [
                EventPartnerSide(partner=kandal),
                EventPartnerSide(partner=takeo),
                EventPartnerSide(partner=kandal, role="host"),
            ],
            "organisers": [EventOrganiser(organisation=body), EventOrganiser(name="Câu lạc bộ")],
            "figures": [
                Figure(quantity=500, unit=people),
                Figure(quantity=200, unit=people, scope="nữ"),
                Figure(quantity=1000, unit=money),
                Figure(quantity="2.5", unit=dollars),
            ],
        },
    )
    make_event(
        "Một đối tác",
        start="2019-05-14",
        kind=make_kind("festival"),
        stated_venues=53,
        rows={
            "partner_sides": [EventPartnerSide(partner=kandal)],
            "figures": [Figure(quantity=30, unit=people), Figure(quantity=2, unit=make_measure("venue"))],
        },
    )
    make_event("Không ngày", start=None, precision="unknown")
    make_event("CANARY", start="2019-05-14", visibility="partners", rows={"figures": [Figure(quantity=1, unit=people)]})


GROUPS = ("year", "partner", "kind", "field", "organisation")


@pytest.mark.parametrize("group_by", GROUPS)
@pytest.mark.parametrize(
    "parameters",
    [{}, {"year": 2019}, {"partner": ["KH-8", "KH-21"]}, {"min_quantity": "attendance:100"}, {"to": "2019"}],
)
def test_every_number_is_that_of_the_list_behind_it(api, client, archive, group_by, parameters):
    answer = api("/statistics/", group_by=group_by, lang="km", **parameters).json()
    checked = 0
    for group in (answer["total"], *answer["groups"]):
        for said in (group, *group["figures"]):
            if said["events_url"]:
                items = client.get(f"{said['events_url']}&limit=100").json()["items"]
                assert len(items) == said["events"], said["events_url"]
                checked += 1
    assert checked


def test_units_are_never_mixed_and_the_largest_figure_of_an_event_counts(api, archive):
    total = api("/statistics/").json()["total"]
    assert total["events"] == 3
    assert sums(total) == {"attendance": (530, 2), "VND": (1000, 1), "USD": (2.5, 1), "venue": (53, 1)}
    assert sums(api("/statistics/", measure="VND").json()["total"]) == {"VND": (1000, 1)}


def test_an_event_is_counted_in_every_group_it_is_in_and_once_in_each(api, archive):
    assert {value: group["events"] for value, group in groups(api, "year").items()} == {"2019": 2, "2020": 1, None: 1}
    partners = groups(api, "partner")
    assert {value: group["events"] for value, group in partners.items()} == {"KH-8": 2, "KH-21": 1, None: 1}
    assert sums(partners["KH-8"])["attendance"] == (530, 2)
    assert partners["KH-8"]["names"]["en"] == "Kandal"
    kinds = {value: group["events"] for value, group in groups(api, "kind").items()}
    assert kinds == {"meeting": 2, "festival": 1}
    assert sorted(group["events"] for group in groups(api, "field").values()) == [1, 1, 2]
    assert groups(api, "organisation")["lien-hiep"]["names"] == {"vi": "Liên hiệp"}


def test_a_filter_of_the_same_name_leaves_only_its_own_groups(api, archive):
    assert groups(api, "partner", partner="KH-21").keys() == {"KH-21"}
    assert groups(api, "year", year=2020).keys() == {"2020"}
    assert groups(api, "partner", country="KH").keys() == {"KH-8", "KH-21"}


def test_years_are_in_their_order_and_others_begin_with_the_largest(api, archive):
    assert [*groups(api, "year")] == ["2019", "2020", None]
    assert [*groups(api, "partner")] == ["KH-8", "KH-21", None]


def test_a_bad_group_or_unit_is_an_error_that_names_it(api, archive):
    assert problem_names(api("/statistics/", group_by="month"), "group_by")
    assert problem_names(api("/statistics/", measure="khong-co"), "measure")


def test_what_is_withheld_is_in_no_number(world):  # noqa: F811
    partner, body = make_partner("canary-partner"), make_organisation("canary-body")
    event = make_event(
        unit=world.own,
        visibility="partners",
        rows={
            "partner_sides": [EventPartnerSide(partner=partner)],
            "organisers": [EventOrganiser(organisation=body)],
            "figures": [Figure(quantity=4711, unit=make_measure()), Figure(quantity=5, unit=make_measure())],
        },
    )
    withheld = [event.partner_sides.get(), event.organisers.get(), event.figures.first()]
    share(event, world.a, withheld=withheld)
    share(event, world.b)
    for group_by in ("partner", "organisation"):
        address = f"/api/v1/statistics/?group_by={group_by}"
        a, b, nobody = (world.client(name).get(address).json() for name in ("partner_a", "partner_b", "anonymous"))
        assert [group["value"] for group in a["groups"]] == [None]
        assert [group["value"] for group in b["groups"]] == [f"canary-{'partner' if group_by == 'partner' else 'body'}"]
        assert [each["total"]["figures"] and each["total"]["figures"][0]["total"] for each in (a, b)] == [5, 4711]
        assert (nobody["total"]["events"], nobody["groups"]) == (0, [])


def test_the_number_of_queries_does_not_grow_with_the_archive(count_queries, archive):
    few = [count_queries("/statistics/", group_by=group_by) for group_by in GROUPS]
    for number in range(8):
        make_event(
            start=f"{1990 + number}-05-14",
            kind=make_kind(unique("kind")),
            rows={
                "partner_sides": [EventPartnerSide(partner=make_partner())],
                "organisers": [EventOrganiser(organisation=make_organisation())],
                "figures": [Figure(quantity=number, unit=make_measure(unique("unit")))],
            },
        )
    assert [count_queries("/statistics/", group_by=group_by) for group_by in GROUPS] == few
    assert max(few) <= 5

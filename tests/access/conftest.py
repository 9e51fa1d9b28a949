"""Six readers, two units, two partners, and helpers that lock, share and restrict."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from wagtail.models import Collection, Locale, PageViewRestriction

from huunghi.conf import source_language
from huunghi.partners.access import reader_for
from huunghi.partners.models import EditorialUnit, Share, WithheldRow
from huunghi.search.engines import embedded_engine
from huunghi.search.feeding import feed_pending, rebuild
from tests.factories import make_partner, make_unit, unique

READERS = ("anonymous", "partner_a", "partner_b", "editor_own", "editor_other", "superuser")


def make_user(name="", *, groups=(), **fields):
    user = get_user_model().objects.create_user(name or unique("user"), **fields)
    user.groups.set(groups)
    return user


def make_partner_of_readers(code):
    partner = make_partner(code)
    partner.readers = Group.objects.create(name=f"readers of {code}")
    partner.save()
    return partner


def make_editors(organisation):
    group = Group.objects.create(name=f"editors of {organisation.key}")
    collection = Collection.get_first_root_node().add_child(name=organisation.key)
    EditorialUnit.objects.create(organisation=organisation, editors=group, collection=collection)
    return group


def share(page, partner, *, languages=None, withheld=(), images=(), **fields):
    """The page shared with the partner, in all languages unless some are named; `withheld` are rows."""
    made = Share.objects.create(
        partner=partner,
        page_key=page.translation_key,
        page_title=page.title,
        **{"since": timezone.localdate(), **fields},
    )
    codes = languages or Locale.objects.values_list("language_code", flat=True)
    made.languages.set(Locale.objects.filter(language_code__in=codes))
    for row in withheld:
        WithheldRow.objects.create(share=made, row_key=row.translation_key, label=str(row))
    for image in images:
        WithheldRow.objects.create(share=made, image_id=image.pk)
    return made


def restrict(page, kind, *groups, password=""):
    restriction = PageViewRestriction.objects.create(page_id=page.pk, restriction_type=kind, password=password)
    restriction.groups.set(groups)
    return restriction


def lock(section, visibility):
    section = type(section).objects.get(pk=section.pk)
    section.visibility = visibility
    section.save()
    return section


def rebuild_index():
    """The embedded index from the present state of the database."""
    rebuild(embedded_engine())
    feed_pending()  # what is noted as changed is left out until it has been looked at


@dataclass
class World:
    """The readers by name, as users, readers and clients; what `partner_a` and `editor_own` belong to."""

    users: dict
    a: object
    b: object
    own: object
    other: object
    clients: dict

    def reader(self, name):
        return reader_for(self.users[name])

    def client(self, name):
        if name not in self.clients:
            client = self.clients[name] = Client()
            if self.users[name] is not None:
                client.force_login(self.users[name])
        return self.clients[name]

    def who(self, question):
        """Names of the readers for whom the question, asked of their reader, is true."""
        return {name for name in READERS if question(self.reader(name))}


@pytest.fixture
def world(db):
    a, b = make_partner_of_readers("KH-21"), make_partner_of_readers("KH-8")
    own, other = make_unit("own-union", vi="Đơn vị nhà"), make_unit("other-union", vi="Đơn vị khác")
    users = {
        "anonymous": None,
        "partner_a": make_user(groups=[a.readers]),
        "partner_b": make_user(groups=[b.readers]),
        "editor_own": make_user(groups=[make_editors(own)]),
        "editor_other": make_user(groups=[make_editors(other)]),
        "superuser": make_user(is_superuser=True, is_staff=True),
    }
    return World(users, a, b, own, other, {})


EVERYBODY = set(READERS)
SIGNED_IN = EVERYBODY - {"anonymous"}
OURS = {"editor_own", "superuser"}
LANGUAGE = source_language()

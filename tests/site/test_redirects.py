import pytest
from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.redirects.signal_handlers import BatchRedirectCreator
from wagtail.models import Site

pytestmark = pytest.mark.django_db


def test_a_section_of_more_than_a_thousand_pages_gets_its_redirects():
    site = Site.objects.get(is_default_site=True)
    Redirect.objects.create(old_path="/vi/su-kien/7", site=site, redirect_link="/cu/", automatically_created=True)
    by_hand = Redirect.objects.create(old_path="/vi/by-hand", site=site, redirect_link="/tay/")
    creator = BatchRedirectCreator(max_size=2000, ignore_conflicts=True)
    for number in range(1200):
        creator.add(old_path=f"/vi/su-kien/{number}", site=site, redirect_link="/moi/", automatically_created=True)
    creator.process()
    assert Redirect.objects.filter(redirect_link="/moi/").count() == 1200
    assert not Redirect.objects.filter(redirect_link="/cu/").exists()
    assert Redirect.objects.filter(pk=by_hand.pk).exists()

from datetime import timedelta

import pytest
from django.test import RequestFactory

from huunghi.partners.models import Attempts
from huunghi.partners.throttle import Limit, address_block, forget_old, forgive, note_failure, retry_after

THREE_A_MINUTE = Limit("test", 3, 60)

pytestmark = pytest.mark.django_db


def fail(times, who="somebody", limit=THREE_A_MINUTE):
    for _ in range(times):
        note_failure(limit, who)


def let_pass(seconds):
    for row in Attempts.objects.all():
        row.began_at -= timedelta(seconds=seconds)
        row.save()


def test_whoever_failed_too_often_waits_until_the_time_is_over():
    fail(2)
    assert retry_after(THREE_A_MINUTE, "somebody") == 0
    fail(1)
    assert 58 <= retry_after(THREE_A_MINUTE, "somebody") <= 60
    let_pass(61)
    assert retry_after(THREE_A_MINUTE, "somebody") == 0
    fail(1)
    assert retry_after(THREE_A_MINUTE, "somebody") == 0


def test_others_and_other_doors_do_not_wait():
    fail(3)
    assert retry_after(THREE_A_MINUTE, "another") == 0
    assert retry_after(Limit("other door", 3, 60), "somebody") == 0


def test_who_gets_it_right_begins_anew():
    fail(2)
    forgive(THREE_A_MINUTE, "somebody")
    fail(2)
    assert retry_after(THREE_A_MINUTE, "somebody") == 0


def test_no_address_is_kept_and_old_counts_go():
    fail(3, "192.0.2.0/24")
    assert set(Attempts.objects.get().key) <= set("0123456789abcdef")
    assert forget_old() == 0
    let_pass(90_000)
    assert forget_old() == 1


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "block"),
    [
        ("192.0.2.77", "", 0, "192.0.2.0/24"),
        ("2001:db8:1:2ff::9", "", 0, "2001:db8:1:200::/56"),
        ("::ffff:192.0.2.77", "", 0, "192.0.2.0/24"),
        ("10.0.0.1", "198.51.100.9", 0, "10.0.0.0/24"),
        ("10.0.0.1", "203.0.113.5, 198.51.100.9", 1, "198.51.100.0/24"),
        ("10.0.0.1", "203.0.113.5, 198.51.100.9", 2, "203.0.113.0/24"),
        ("10.0.0.1", "", 1, "10.0.0.0/24"),
        ("", "", 0, ""),
        ("10.0.0.1", "<nonsense>", 1, ""),
    ],
)
def test_the_block_is_that_of_the_address_that_our_own_proxy_saw(settings, remote, forwarded, proxies, block):
    settings.HUUNGHI_PROXIES = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert address_block(RequestFactory().get("/", REMOTE_ADDR=remote, **headers)) == block

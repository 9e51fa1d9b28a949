"""What readers find follows what editors do; no engine is called inside a writing transaction."""

import pytest
from django.db import transaction
from wagtail.models import PageViewRestriction

from huunghi.events.models import EventPage
from huunghi.search.engines import embedded_engine
from huunghi.search.engines.base import EngineError
from huunghi.search.feeding import deferred_feeding, feed_pending, rebuild
from huunghi.search.models import PendingChange
from huunghi.search.service import search_archive
from tests.factories import make_event

pytestmark = pytest.mark.django_db(transaction=False)


@pytest.fixture(autouse=True)
def committed(django_capture_on_commit_callbacks):
    """Runs what waits for the commit, as a request's end does."""

    def run(change, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            return change(*args, **kwargs)

    return run


def titles(query, language="vi"):
    return [item.page.title for item in search_archive(query, language).items if item.match == "all"]


def test_a_published_event_is_found_at_once_and_a_draft_never(committed):
    committed(make_event, "Giải bóng chuyền hữu nghị")
    committed(make_event, "Giải bóng bàn bí mật", live=False)
    assert titles("bong chuyen") == ["Giải bóng chuyền hữu nghị"]
    assert titles("bong ban") == []


def test_an_unpublished_event_is_found_no_more(committed):
    event = committed(make_event, "Đêm nghệ thuật")
    committed(event.unpublish)
    assert titles("nghe thuat") == []
    assert search_archive("nghe thuat", "vi").count == 0


def test_a_deleted_event_is_found_no_more(committed):
    event = committed(make_event, "Tập huấn")
    committed(event.delete)
    assert search_archive("tap huan", "vi").count == 0


def test_a_restriction_takes_the_page_and_everything_below_out_of_the_count(committed):
    event = committed(make_event, "Gặp gỡ kín")
    parent = event.get_parent()
    committed(PageViewRestriction.objects.create, page=parent, restriction_type="login")
    assert search_archive("gap go", "vi").count == 0


def test_partners_only_pages_are_not_indexed(committed):
    committed(make_event, "Chương trình riêng", visibility="partners")
    assert search_archive("chuong trinh", "vi").count == 0


def test_a_translation_is_found_and_counted_once(committed):
    committed(make_event, "Gặp gỡ hữu nghị", translations={"km": "ជំនួបមិត្តភាព"})
    answer = search_archive("ជំនួប", "km")
    assert (answer.count, [item.language for item in answer.items]) == (1, ["km"])
    assert {value.value: value.count for value in answer.facets["language"]} == {"vi": 1, "km": 1}


def test_a_change_that_is_rolled_back_reaches_no_index(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(RuntimeError), transaction.atomic():
        make_event("Sự kiện ma")
        raise RuntimeError
    feed_pending()
    assert search_archive("ma", "vi").count == 0


def test_no_engine_is_called_before_the_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False):
        make_event("Trước khi ghi")
    assert PendingChange.objects.count() == 1
    assert not embedded_engine_holds_anything()


def embedded_engine_holds_anything():
    try:
        return embedded_engine().count() > 0
    except EngineError:
        return False


def test_with_the_main_engine_down_readers_are_answered_and_told(committed, settings):
    committed(make_event, "Vẫn tìm thấy")
    settings.HUUNGHI_SEARCH = {**settings.HUUNGHI_SEARCH, "ENGINE": "elasticsearch", "URL": ["http://127.0.0.1:9"]}
    answer = search_archive("van tim thay", "vi")
    assert (answer.engine, answer.degraded, answer.count) == ("embedded", True, 1)


def test_deferred_changes_are_fed_together_at_the_end(committed):
    with deferred_feeding():
        committed(make_event, "Một")
        assert PendingChange.objects.count() == 1
        committed(make_event, "Hai")
    assert not PendingChange.objects.exists()
    assert search_archive("", "vi").count == 2


def test_a_rebuild_holds_what_the_database_holds(committed):
    for number in range(3):
        committed(make_event, f"Sự kiện {number}")
    EventPage.objects.filter(title="Sự kiện 0").update(live=False)
    assert rebuild(embedded_engine()) == 2
    assert search_archive("", "vi").count == 2


def test_a_hit_that_nobody_may_read_any_more_is_not_shown(committed, caplog):
    event = committed(make_event, "Vừa bị gỡ")
    EventPage.objects.filter(pk=event.pk).update(live=False)
    assert search_archive("vua bi go", "vi").items == []
    assert "nobody may read now" in caplog.text

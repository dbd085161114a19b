"""Tests of page states: the order of the tree, drafts, upcoming versions, withdrawals, status of translations."""

import pytest

from pages.models import Page
from pages.presentation.editors.page_states import LanguageStatus, page_states, tree_order
from pages.publishing.announcements import cancel
from pages.publishing.page_events import bring_back, confirm, withdraw
from pages.publishing.page_tree import set_position
from pages.publishing.versions import announce
from tests.building import EDITOR, make_page, publish_bodies, save_bodies, texts_to_publish

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "ru")


def state(page: Page, at):
    return page_states(LANGUAGES, at)[page.pk]


def statuses(page: Page, at) -> list[str]:
    return [language.status for language in state(page, at).languages.values()]


def drafts(page: Page, at) -> list[str]:
    return [draft.language for draft in state(page, at).drafts]


def test_tree_order_is_depth_first_with_siblings_by_weight_then_path(moment):
    pages = {name: make_page(name) for name in ("a", "b", "c")}
    below = make_page("below", parent=pages["b"])
    make_page("deeper", parent=below)
    set_position(pages["c"], weight=1, by=EDITOR, now=moment())
    paths = dict(Page.objects.values_list("pk", "path"))
    assert [(paths[node.key], node.depth) for node in tree_order()] == [
        ("c", 0),
        ("a", 0),
        ("b", 0),
        ("b/below", 1),
        ("b/below/deeper", 2),
    ]


def test_each_language_of_a_page_has_a_status(moment):
    page = make_page()
    assert statuses(page, moment()) == [LanguageStatus.UNPUBLISHED, LanguageStatus.UNPUBLISHED]
    publish_bodies(page, {"en": "One."}, moment(0))
    assert statuses(page, moment(1)) == [LanguageStatus.SOURCE, LanguageStatus.MISSING]
    publish_bodies(page, {"ru": "Раз."}, moment(1), confirmed=["ru"])
    assert statuses(page, moment(2)) == [LanguageStatus.SOURCE, LanguageStatus.UP_TO_DATE]
    publish_bodies(page, {"en": "One!"}, moment(2), significance="minor")
    assert statuses(page, moment(3)) == [LanguageStatus.SOURCE, LanguageStatus.MINOR]
    version = publish_bodies(page, {"en": "Two."}, moment(3))
    assert statuses(page, moment(4)) == [LanguageStatus.SOURCE, LanguageStatus.BEHIND]
    assert state(page, moment(4)).languages["ru"].behind_since == version.pk
    confirm(version, "ru", version.number, by=EDITOR, now=moment(4))
    assert statuses(page, moment(5)) == [LanguageStatus.SOURCE, LanguageStatus.UP_TO_DATE]


def test_draft_is_listed_if_it_differs_from_the_newest_version(moment):
    page = make_page()
    save_bodies(page, moment(0), en="One.")
    assert drafts(page, moment(0)) == ["en"]
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, moment(1))
    assert drafts(page, moment(1)) == []
    save_bodies(page, moment(2), ru="Два.")
    assert drafts(page, moment(2)) == ["ru"]
    save_bodies(page, moment(3), ru="Раз.")
    assert drafts(page, moment(3)) == []
    save_bodies(page, moment(4), ru="")
    assert drafts(page, moment(4)) == ["ru"]


def test_announced_text_is_no_draft_until_it_is_cancelled(moment):
    page = make_page()
    publish_bodies(page, {"en": "One."}, moment(0))
    save_bodies(page, moment(1), en="Later.")
    version = announce(
        page, texts_to_publish(page, ["en"]), effective_at=moment(9), by=EDITOR, now=moment(1), notes={"en": "Note."}
    )
    assert drafts(page, moment(2)) == []
    assert state(page, moment(2)).upcoming == ((2, moment(9)),)
    assert state(page, moment(2)).version == page.versions.get(number=1).pk
    assert state(page, moment(10)).upcoming == ()
    assert state(page, moment(10)).version == version.pk
    cancel(version, by=EDITOR, now=moment(3))
    assert drafts(page, moment(3)) == ["en"]
    assert state(page, moment(3)).upcoming == ()


def test_withdrawn_page_has_a_date_until_it_is_brought_back(moment):
    page = make_page()
    publish_bodies(page, {"en": "One."}, moment(0))
    withdraw(page, reasons={"en": "Gone."}, by=EDITOR, now=moment(1))
    assert state(page, moment(2)).withdrawn_at == moment(1)
    bring_back(page, by=EDITOR, now=moment(3))
    assert state(page, moment(4)).withdrawn_at is None


def test_page_is_due_for_review_thirty_days_before_its_date(moment):
    page = make_page()
    set_position(page, review_by=moment(40).date(), by=EDITOR, now=moment())
    assert not state(page, moment(9)).is_due_for_review(moment(9))
    assert state(page, moment(10)).is_due_for_review(moment(10))
    assert state(page, moment(50)).is_due_for_review(moment(50))


def test_title_is_in_the_source_language_or_else_in_any(moment):
    page, other = make_page(), make_page("other")
    save_bodies(page, moment(), en="One.", ru="Раз.")
    save_bodies(other, moment(), ru="Раз.")
    assert state(page, moment()).title.language == "en"
    assert state(other, moment()).title.language == "ru"


@pytest.mark.parametrize("count", [2, 12])
def test_number_of_queries_does_not_grow_with_the_pages(moment, django_assert_num_queries, count):
    for number in range(count):
        publish_bodies(make_page(f"page-{number}"), {"en": f"{number}.", "ru": f"{number}."}, moment(number))
    with django_assert_num_queries(11) as queries:
        page_states(LANGUAGES, moment(50))
    assert not [
        query["sql"] for query in queries.captured_queries if "body" in query["sql"] or "source," in query["sql"]
    ]
    # The published states are cached until something changes.
    with django_assert_num_queries(6):
        page_states(LANGUAGES, moment(50))

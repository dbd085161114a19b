"""Places: what an address may be called, the names that the site needs for itself, and how pages move."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from pages.history import hash_chain
from pages.models import Page, PublicationRecord, Redirect, SiteCounter
from pages.publishing.page_tree import clean_slug, is_reserved_slug, move, set_position
from pages.publishing.records import PublicationConflict, last_record_number
from tests.building import EDITOR, make_page, publish_bodies

SECTION = Page(slug="legal", path="legal")
HOME = Page(slug="", path="")


def refusal(slug, parent):
    with pytest.raises(ValidationError) as error:
        clean_slug(slug, parent=parent)
    return error.value.message_dict


@pytest.mark.parametrize("slug", ["privacy-policy", "политика", "سياسة", "v2", "a.b", "2024", " spaced "])
def test_slug_of_any_script_is_taken_below_a_section(slug):
    assert clean_slug(slug, parent=SECTION) == slug.strip()


@pytest.mark.parametrize("slug", ["history", "v", "as-of", "compare", "changes", "upcoming", "_print"])
@pytest.mark.parametrize("parent", [None, SECTION])
def test_names_of_a_pages_own_addresses_are_reserved_everywhere(slug, parent):
    assert refusal(slug, parent) == {"slug": [f"The site uses the name “{slug}” itself."]}


@pytest.mark.parametrize(
    "slug", ["admin", "static", "media", "markdownx", "healthz", "readyz", "en", "ru", "zh-hans", "robots.txt"]
)
def test_names_of_the_site_are_reserved_at_the_root_alone(slug):
    assert refusal(slug, None) == {"slug": [f"The site uses the name “{slug}” itself."]}
    assert clean_slug(slug, parent=SECTION) == slug
    assert (is_reserved_slug(slug, at_root=True), is_reserved_slug(slug, at_root=False)) == (True, False)


@pytest.mark.parametrize("slug", ["a/b", "a b", "..", ".", "a?b", "a%20b", "a#b", "\n", ""])
def test_malformed_slug_is_refused(slug):
    assert refusal(slug, SECTION) == {"slug": ["A slug consists of letters, digits, hyphens and underscores."]}


@pytest.mark.parametrize("slug", ["नीति", "นโยบาย", "política", "политика", "v1.0~a_b-c"])
def test_slug_may_be_a_word_of_any_script(slug):
    assert clean_slug(slug, parent=SECTION) == slug


def test_empty_slug_names_the_home_page():
    assert clean_slug("  ", parent=None) == ""


def test_home_page_has_no_pages_below_it():
    assert refusal("privacy", HOME) == {"parent": ["The home page has no pages below it: leave the parent empty."]}


@pytest.fixture
def tree(moment):
    """Return a section with a page below it, both published, by slug, and a draft."""
    section = make_page("section")
    below = make_page("below", parent=section)
    for page in (section, below):
        publish_bodies(page, {"en": "Text."}, moment())
    return {"section": section, "below": below, "draft": make_page("draft")}


def moved(page, slug, parent=None, *, now, **options):
    return move(page, slug=slug, parent=parent, by=EDITOR, now=now, **options)


def paths():
    return sorted(Page.objects.values_list("path", flat=True))


def redirects():
    return dict(Redirect.objects.values_list("old_path", "page__path"))


def refused(page, slug, parent=None, *, now):
    """Return what a move is refused with; it must have left everything as it was."""
    before = paths(), redirects(), PublicationRecord.objects.count(), SiteCounter.objects.get().value
    with pytest.raises(ValidationError) as error:
        moved(page, slug, parent, now=now)
    assert (paths(), redirects(), PublicationRecord.objects.count(), SiteCounter.objects.get().value) == before
    return error.value.message_dict


@pytest.mark.django_db
def test_moved_page_takes_all_below_it_along_and_leaves_one_redirect_and_one_record(tree, moment):
    page = moved(tree["section"], "moved", now=moment(1))
    assert (page.path, page.slug) == ("moved", "moved")
    assert paths() == ["draft", "moved", "moved/below"]
    assert redirects() == {"section": "moved"}
    record = PublicationRecord.objects.get(kind="move")
    assert (record.page, record.version, record.at, record.actor_name) == (page, None, moment(1), "Ann")
    assert hash_chain.parse_record(record.canonical)["path"] == {"from": "section", "to": "moved"}


@pytest.mark.django_db
def test_page_moves_into_a_section_and_out_of_it(tree, moment):
    below = moved(tree["below"], "out", now=moment(1))
    assert (below.path, below.parent) == ("out", None)
    below = moved(below, "in", tree["section"], now=moment(2))
    assert (below.path, below.parent) == ("section/in", tree["section"])
    assert redirects() == {"section/below": "section/in", "out": "section/in"}


@pytest.mark.django_db
def test_page_that_moves_back_takes_its_old_address_again(tree, moment):
    section = moved(tree["section"], "moved", now=moment(1))
    moved(section, "section", now=moment(2))
    assert paths() == ["draft", "section", "section/below"]
    assert redirects() == {"moved": "section"}


@pytest.mark.django_db
def test_page_that_returns_below_its_section_takes_its_old_address_again(tree, moment):
    below = moved(tree["below"], "out", now=moment(1))
    section = moved(tree["section"], "moved", now=moment(2))
    moved(below, "below", section, now=moment(3))
    assert redirects() == {"section/below": "moved/below", "section": "moved", "out": "moved/below"}
    moved(section, "section", now=moment(4))
    assert redirects() == {"out": "section/below", "moved": "section"}


@pytest.mark.django_db
def test_draft_that_moves_leaves_no_trace(tree, moment):
    before = SiteCounter.objects.get()
    moved(tree["draft"], "other", now=moment(1))
    assert paths() == ["other", "section", "section/below"]
    assert (Redirect.objects.count(), PublicationRecord.objects.filter(kind="move").count()) == (0, 0)
    assert (SiteCounter.objects.get().value, SiteCounter.objects.get().changed_at) == (before.value, before.changed_at)


@pytest.mark.django_db
def test_section_without_a_text_leaves_a_trace_for_what_readers_know_below_it(moment):
    section = make_page("section")
    publish_bodies(make_page("below", parent=section), {"en": "Text."}, moment())
    moved(section, "moved", now=moment(1))
    assert redirects() == {"section": "moved"}


@pytest.mark.django_db
def test_page_cannot_stand_below_itself(tree, moment):
    for parent in (tree["section"], tree["below"]):
        assert refused(tree["section"], "x", parent, now=moment(1)) == {
            "parent": ["A page cannot be its own descendant."]
        }


@pytest.mark.django_db
def test_taken_reserved_and_malformed_places_are_refused(tree, moment):
    home = make_page("")
    cases = {
        ("section", "draft", None): {"slug": ["A page at /draft/ already exists."]},
        ("draft", "below", "section"): {"slug": ["A page at /section/below/ already exists."]},
        ("draft", "history", "section"): {"slug": ["The site uses the name “history” itself."]},
        ("section", "ru", None): {"slug": ["The site uses the name “ru” itself."]},
        ("section", "a/b", None): {"slug": ["A slug consists of letters, digits, hyphens and underscores."]},
        ("section", "section", None): {"slug": ["The page already has this address."]},
        ("section", "", None): {"slug": ["The home page cannot be moved."]},
    }
    for (page, slug, parent), expected in cases.items():
        assert refused(tree[page], slug, tree.get(parent), now=moment(1)) == expected
    assert refused(home, "home", now=moment(1)) == {"slug": ["The home page cannot be moved."]}
    assert "parent" in refused(tree["section"], "x", home, now=moment(1))


@pytest.mark.django_db
def test_old_address_that_leads_elsewhere_is_not_given_to_another_page(tree, moment):
    moved(tree["section"], "moved", now=moment(1))
    assert refused(tree["draft"], "section", now=moment(2)) == {"slug": ["/section/ redirects to /moved/."]}
    with pytest.raises(ValidationError, match="redirects to"):
        make_page("section")


@pytest.mark.django_db
def test_old_address_below_the_new_place_is_not_given_away_silently(moment):
    # The section was never published: its place is free once it is gone, and what left it is still linked to.
    section = make_page("section")
    left = make_page("below", parent=section)
    publish_bodies(left, {"en": "Left."}, moment())
    moved(left, "left", now=moment(1))
    section.delete()
    other = make_page("other")
    publish_bodies(make_page("below", parent=other), {"en": "Other."}, moment(2))
    assert refused(other, "section", now=moment(3)) == {"slug": ["/section/below/ redirects to /left/."]}
    assert redirects() == {"section/below": "left"}


@pytest.mark.django_db
def test_address_below_that_would_be_too_long_is_refused(tree, moment):
    deep = tree["below"]
    for _ in range(4):
        deep = make_page("x" * 200, parent=deep)
    assert refused(tree["section"], "y" * 200, now=moment(1)) == {
        "slug": ["An address of a page below this one would be too long."]
    }


@pytest.mark.django_db
def test_place_of_a_parent_that_moved_since_the_form_was_opened_is_the_one_it_has_now(tree, moment):
    as_it_was = Page.objects.get(path="section")
    moved(tree["section"], "moved", now=moment(1))
    assert moved(tree["draft"], "draft", as_it_was, now=moment(2)).path == "moved/draft"
    assert make_page("new", parent=as_it_was).path == "moved/new"


@pytest.mark.django_db
def test_parent_that_is_gone_is_named(tree, moment):
    gone = make_page("gone")
    Page.objects.get(path="gone").delete()
    assert refused(tree["draft"], "draft", gone, now=moment(1)) == {"parent": ["The parent page no longer exists."]}


@pytest.mark.django_db
def test_move_that_was_decided_on_another_state_is_refused(tree, moment):
    seen = last_record_number(tree["section"])
    publish_bodies(tree["section"], {"en": "Two."}, moment(1))
    with pytest.raises(PublicationConflict):
        moved(tree["section"], "moved", now=moment(2), expected_record=seen)
    assert Redirect.objects.count() == 0


@pytest.mark.django_db
def test_move_is_not_dated_before_the_pages_last_record(tree, moment):
    moved(tree["section"], "moved", now=moment(-5))
    assert PublicationRecord.objects.get(kind="move").at == moment()


@pytest.mark.django_db
def test_weight_and_day_of_review_are_set_apart_from_history(tree, moment):
    value = SiteCounter.objects.get().value
    set_position(tree["section"], by=EDITOR, now=moment(1), weight=0, review_by=date(2025, 1, 1))
    assert Page.objects.get(path="section").review_by == date(2025, 1, 1)
    assert SiteCounter.objects.get().value == value
    set_position(tree["section"], by=EDITOR, now=moment(1), weight=3)
    assert (Page.objects.get(path="section").weight, SiteCounter.objects.get().value) == (3, value + 1)

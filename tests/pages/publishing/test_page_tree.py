"""Slugs: which are valid or reserved. Moving pages: paths, redirects and records."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from pages.history import hash_chain
from pages.models import Page, PublicationRecord, Redirect, SiteCounter
from pages.publishing.page_tree import create_page, delete_page, move, set_position
from pages.publishing.records import PublicationConflict, last_record_number
from pages.publishing.slugs import clean_slug, is_reserved_slug
from tests.building import EDITOR, make_page, publish_bodies

SECTION = Page(slug="legal", path="legal")
HOME = Page(slug="", path="")


def refusal(slug, parent):
    with pytest.raises(ValidationError) as error:
        clean_slug(slug, parent=parent)
    return error.value.message_dict


@pytest.mark.parametrize("slug", ["privacy-policy", "политика", "سياسة", "v2", "a.b", "2024", " spaced "])
def test_slug_in_any_script_is_valid_below_a_section(slug):
    assert clean_slug(slug, parent=SECTION) == slug.strip()


@pytest.mark.parametrize(
    "slug", ["history", "v", "as-of", "compare", "changes", "upcoming", "sections", "with", "_print"]
)
@pytest.mark.parametrize("parent", [None, SECTION])
def test_slugs_of_a_pages_own_urls_are_reserved_everywhere(slug, parent):
    assert refusal(slug, parent) == {"slug": [f"The site uses the name “{slug}” itself."]}


@pytest.mark.parametrize(
    "slug",
    ["admin", "static", "media", "markdownx", "healthz", "readyz", "verify", "en", "ru", "zh-hans", "robots.txt"],
)
def test_slugs_of_the_site_are_reserved_only_at_the_root(slug):
    assert refusal(slug, None) == {"slug": [f"The site uses the name “{slug}” itself."]}
    assert clean_slug(slug, parent=SECTION) == slug
    assert (is_reserved_slug(slug, at_root=True), is_reserved_slug(slug, at_root=False)) == (True, False)


@pytest.mark.parametrize("slug", ["ADMIN", "Verify", "De", "ZH-Hans", "History"])
def test_reserved_slug_in_other_letters_is_refused(slug):
    assert refusal(slug, None) == {"slug": [f"The site uses the name “{slug}” itself."]}


@pytest.mark.parametrize("slug", ["a/b", "a b", "..", ".", "a?b", "a%20b", "a#b", "\n", ""])
def test_malformed_slug_is_refused(slug):
    assert refusal(slug, SECTION) == {"slug": ["A slug consists of letters, digits, hyphens and underscores."]}


@pytest.mark.parametrize("slug", ["नीति", "นโยบาย", "política", "политика", "v1.0~a_b-c"])
def test_slug_can_contain_combining_marks_and_unreserved_characters(slug):
    assert clean_slug(slug, parent=SECTION) == slug


def test_empty_slug_names_the_home_page():
    assert clean_slug("  ", parent=None) == ""


def test_home_page_has_no_pages_below_it():
    assert refusal("privacy", HOME) == {"parent": ["The home page has no pages below it: leave the parent empty."]}


@pytest.fixture
def tree(moment):
    """Return a published section, a published page below it, and a draft, by slug."""
    section = make_page("section")
    below = make_page("below", parent=section)
    for page in (section, below):
        publish_bodies(page, {"en": "Text."}, moment())
    return {"section": section, "below": below, "draft": make_page("draft")}


def move_page(page, slug, parent=None, *, now, **options):
    return move(page, slug=slug, parent=parent, by=EDITOR, now=now, **options)


def paths():
    return sorted(Page.objects.values_list("path", flat=True))


def redirects():
    return dict(Redirect.objects.values_list("old_path", "page__path"))


def move_errors(page, slug, parent=None, *, now):
    """Return the errors of a refused move, which must have changed nothing."""
    before = paths(), redirects(), PublicationRecord.objects.count(), SiteCounter.objects.get().value
    with pytest.raises(ValidationError) as error:
        move_page(page, slug, parent, now=now)
    assert (paths(), redirects(), PublicationRecord.objects.count(), SiteCounter.objects.get().value) == before
    return error.value.message_dict


@pytest.mark.django_db
def test_move_takes_the_pages_below_along_with_one_redirect_and_a_record_for_each(tree, moment):
    page = move_page(tree["section"], "moved", now=moment(1))
    assert (page.path, page.slug) == ("moved", "moved")
    assert paths() == ["draft", "moved", "moved/below"]
    assert redirects() == {"section": "moved"}
    records = PublicationRecord.objects.filter(kind="place").order_by("number")
    assert {(record.version, record.at, record.actor_name) for record in records} == {(None, moment(1), "Ann")}
    payloads = {record.page: hash_chain.parse_record(record.canonical) for record in records}
    assert {moved: (payload["before"], payload["after"]) for moved, payload in payloads.items()} == {
        page: tuple({"path": path, "source_language": "en"} for path in ("section", "moved")),
        tree["below"]: tuple({"path": path, "source_language": "en"} for path in ("section/below", "moved/below")),
    }


@pytest.mark.django_db
def test_page_can_move_into_a_section_and_out_of_it(tree, moment):
    below = move_page(tree["below"], "out", now=moment(1))
    assert (below.path, below.parent) == ("out", None)
    below = move_page(below, "in", tree["section"], now=moment(2))
    assert (below.path, below.parent) == ("section/in", tree["section"])
    assert redirects() == {"section/below": "section/in", "out": "section/in"}


@pytest.mark.django_db
def test_page_that_moves_back_replaces_the_redirect_from_its_old_path(tree, moment):
    section = move_page(tree["section"], "moved", now=moment(1))
    move_page(section, "section", now=moment(2))
    assert paths() == ["draft", "section", "section/below"]
    assert redirects() == {"moved": "section"}


@pytest.mark.django_db
def test_page_that_returns_below_its_section_replaces_the_redirect_from_its_old_path(tree, moment):
    below = move_page(tree["below"], "out", now=moment(1))
    section = move_page(tree["section"], "moved", now=moment(2))
    move_page(below, "below", section, now=moment(3))
    assert redirects() == {"section/below": "moved/below", "section": "moved", "out": "moved/below"}
    move_page(section, "section", now=moment(4))
    assert redirects() == {"out": "section/below", "moved": "section"}


@pytest.mark.django_db
def test_moving_a_draft_leaves_no_redirect_record_or_counter_change(tree, moment):
    before = SiteCounter.objects.get()
    move_page(tree["draft"], "other", now=moment(1))
    assert paths() == ["other", "section", "section/below"]
    assert (Redirect.objects.count(), PublicationRecord.objects.filter(kind="place").count()) == (0, 0)
    assert (SiteCounter.objects.get().value, SiteCounter.objects.get().changed_at) == (before.value, before.changed_at)


@pytest.mark.django_db
def test_moving_a_section_without_text_redirects_the_published_pages_below(moment):
    section = make_page("section")
    publish_bodies(make_page("below", parent=section), {"en": "Text."}, moment())
    move_page(section, "moved", now=moment(1))
    assert redirects() == {"section": "moved"}


@pytest.mark.django_db
def test_page_cannot_move_below_itself(tree, moment):
    for parent in (tree["section"], tree["below"]):
        assert move_errors(tree["section"], "x", parent, now=moment(1)) == {
            "parent": ["A page cannot be its own descendant."]
        }


@pytest.mark.django_db
def test_taken_reserved_and_malformed_paths_are_refused(tree, moment):
    home = make_page("")
    cases = {
        ("section", "draft", None): {"slug": ["A page at /draft/ already exists."]},
        ("draft", "below", "section"): {"slug": ["A page at /section/below/ already exists."]},
        ("draft", "history", "section"): {"slug": ["The site uses the name “history” itself."]},
        ("section", "ru", None): {"slug": ["The site uses the name “ru” itself."]},
        ("section", "a/b", None): {"slug": ["A slug consists of letters, digits, hyphens and underscores."]},
        ("section", "section", None): {"slug": ["The page already has this address."]},
        ("section", "Draft", None): {"slug": ["Readers would confuse it with “draft”, the slug of a page next to it."]},
        ("section", " ", None): {"slug": ["Enter a slug: the last part of the page's address."]},
    }
    for (page, slug, parent), expected in cases.items():
        assert move_errors(tree[page], slug, tree.get(parent), now=moment(1)) == expected
    assert "parent" in move_errors(tree["section"], "x", home, now=moment(1))


@pytest.mark.django_db
def test_path_of_a_redirect_to_another_page_is_refused(tree, moment):
    move_page(tree["section"], "moved", now=moment(1))
    assert move_errors(tree["draft"], "section", now=moment(2)) == {"slug": ["/section/ redirects to /moved/."]}
    with pytest.raises(ValidationError, match="redirects to"):
        make_page("section")


@pytest.mark.django_db
def test_move_is_refused_if_a_page_below_would_get_the_path_of_a_redirect(moment):
    # The section was never published, so its path is free after deletion, but a redirect from below it remains.
    section = make_page("section")
    left = make_page("below", parent=section)
    publish_bodies(left, {"en": "Left."}, moment())
    move_page(left, "left", now=moment(1))
    section.delete()
    other = make_page("other")
    publish_bodies(make_page("below", parent=other), {"en": "Other."}, moment(2))
    assert move_errors(other, "section", now=moment(3)) == {"slug": ["/section/below/ redirects to /left/."]}
    assert redirects() == {"section/below": "left"}


@pytest.mark.django_db
def test_move_is_refused_if_a_path_below_would_be_too_long(tree, moment):
    deep = tree["below"]
    for _ in range(4):
        deep = make_page("x" * 200, parent=deep)
    assert move_errors(tree["section"], "y" * 200, now=moment(1)) == {
        "slug": ["An address of a page below this one would be too long."]
    }


@pytest.mark.django_db
def test_path_follows_a_parent_that_moved_after_the_form_was_opened(tree, moment):
    stale_section = Page.objects.get(path="section")
    move_page(tree["section"], "moved", now=moment(1))
    assert move_page(tree["draft"], "draft", stale_section, now=moment(2)).path == "moved/draft"
    assert make_page("new", parent=stale_section).path == "moved/new"


@pytest.mark.django_db
def test_deleted_parent_is_refused(tree, moment):
    deleted = make_page("deleted")
    Page.objects.get(path="deleted").delete()
    assert move_errors(tree["draft"], "draft", deleted, now=moment(1)) == {
        "parent": ["The parent page no longer exists."]
    }


@pytest.mark.django_db
def test_move_on_an_outdated_form_is_refused(tree, moment):
    seen = last_record_number(tree["section"])
    publish_bodies(tree["section"], {"en": "Two."}, moment(1))
    with pytest.raises(PublicationConflict):
        move_page(tree["section"], "moved", now=moment(2), expected_record=seen)
    assert Redirect.objects.count() == 0


@pytest.mark.django_db
def test_move_is_never_dated_before_the_pages_last_record(tree, moment):
    move_page(tree["section"], "moved", now=moment(0, -5))
    assert {record.at for record in PublicationRecord.objects.filter(kind="place")} == {moment()}


@pytest.mark.django_db
def test_weight_advances_the_site_counter_and_the_review_day_does_not(tree, moment):
    value = SiteCounter.objects.get().value
    set_position(tree["section"], by=EDITOR, now=moment(1), weight=0, review_by=date(2025, 1, 1))
    assert Page.objects.get(path="section").review_by == date(2025, 1, 1)
    assert SiteCounter.objects.get().value == value
    set_position(tree["section"], by=EDITOR, now=moment(1), weight=3)
    assert (Page.objects.get(path="section").weight, SiteCounter.objects.get().value) == (3, value + 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "errors"),
    [
        ({"slug": ""}, {"slug": ["Enter a slug: the last part of the page's address."]}),
        ({"slug": "x", "is_home": True}, {"slug": ["The home page has no slug: leave it empty."]}),
        ({"slug": "", "is_home": True}, {"is_home": ["The site has a home page already."]}),
        ({"slug": "Taken"}, {"slug": ["Readers would confuse it with “taken”, the slug of a page next to it."]}),
        ({"slug": "ПОЛИТИКА"}, {"slug": ["Readers would confuse it with “политика”, the slug of a page next to it."]}),
    ],
)
def test_new_page_needs_a_slug_of_its_own_or_is_the_only_home_page(options, errors):
    make_page("")
    make_page("taken")
    make_page("политика")
    with pytest.raises(ValidationError) as error:
        create_page(parent=None, source_language="en", by=EDITOR, **options)
    assert error.value.message_dict == errors


@pytest.mark.django_db
def test_slug_in_another_case_is_free_in_another_section():
    make_page("taken")
    assert make_page("Taken", parent=make_page("section")).path == "section/Taken"


@pytest.mark.django_db
def test_page_may_change_the_case_of_its_own_slug(tree, moment):
    assert move_page(tree["section"], "Section", now=moment(1)).path == "Section"


@pytest.mark.django_db
def test_home_page_moves_to_a_slug_and_back(client, moment):
    home = make_page("")
    publish_bodies(home, {"en": "Welcome."}, moment())
    moved = move_page(home, "welcome", now=moment(1))
    assert (moved.path, moved.slug, redirects()) == ("welcome", "welcome", {"": "welcome"})
    # Only what every page has below its address leads there: the root itself lists the pages.
    assert client.get("/").status_code == 200
    assert client.get("/history/").headers["Location"] == "/welcome/history/"
    assert client.get("/ru/v/1/").headers["Location"] == "/ru/welcome/v/1/"
    assert [client.get(url).status_code for url in ("/nothing/", "/v/2/")] == [404, 404]
    assert move_page(moved, "", now=moment(2), is_home=True).path == ""
    assert redirects() == {"welcome": ""}
    assert client.get("/history/").status_code == 200


@pytest.mark.django_db
def test_addresses_of_the_former_home_page_hide_no_page_below_it(client, moment):
    home = make_page("")
    publish_bodies(home, {"en": "Welcome."}, moment())
    home = move_page(home, "welcome", now=moment(1))
    publish_bodies(make_page("below", parent=home), {"en": "Below."}, moment(2))
    assert client.get("/welcome/below/").status_code == 200
    assert client.get("/below/").status_code == 404


@pytest.mark.django_db
def test_page_with_pages_below_it_cannot_become_the_home_page(tree, moment):
    with pytest.raises(ValidationError) as error:
        move_page(tree["section"], "", now=moment(1), is_home=True)
    assert error.value.message_dict == {"is_home": ["The home page has no pages below it: move these first."]}


@pytest.mark.django_db
def test_second_home_page_gets_the_addresses_of_the_first_when_it_is_published(client, tree, moment):
    home = make_page("")
    publish_bodies(home, {"en": "Welcome."}, moment())
    with pytest.raises(ValidationError, match="The site has a home page already"):
        move_page(tree["draft"], "", now=moment(1), is_home=True)
    move_page(home, "welcome", now=moment(1))
    second = move_page(tree["draft"], "", now=moment(2), is_home=True)
    assert (second.path, redirects()) == ("", {"": "welcome"})
    assert client.get("/history/").headers["Location"] == "/welcome/history/"
    publish_bodies(second, {"en": "Second."}, moment(3))
    assert redirects() == {}
    assert "Second." in client.get("/v/1/").content.decode()
    assert "Welcome." in client.get("/welcome/v/1/").content.decode()
    move_page(second, "second", now=moment(4))
    assert redirects() == {"": "second"}


@pytest.mark.django_db
def test_published_page_that_becomes_the_home_page_gets_the_addresses_at_once(client, moment):
    home, other = make_page(""), make_page("other")
    for page in (home, other):
        publish_bodies(page, {"en": f"Text of /{page.path}."}, moment())
    move_page(home, "welcome", now=moment(1))
    assert move_page(other, "", now=moment(2), is_home=True).path == ""
    assert redirects() == {"other": ""}
    assert "Text of /other." in client.get("/v/1/").content.decode()


@pytest.mark.django_db
def test_new_home_page_leaves_the_redirects_of_an_earlier_one_until_it_is_published(client, moment):
    home = make_page("")
    publish_bodies(home, {"en": "Welcome."}, moment())
    move_page(home, "welcome", now=moment(1))
    new = create_page(slug="", parent=None, source_language="en", by=EDITOR, is_home=True)
    assert client.get("/v/1/").headers["Location"] == "/welcome/v/1/"
    delete_page(new, by=EDITOR)
    assert redirects() == {"": "welcome"}

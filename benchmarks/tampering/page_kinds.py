"""Tampering with pages, and with what is not in the log: drafts, redirects, links, settings."""

from benchmarks.tampering.attacker import Attacker
from benchmarks.tampering.registry import Kinds, adding_to

KINDS: Kinds = {}
tampering = adding_to(KINDS)
PUBLISHED = "SELECT id FROM pages_page WHERE id IN (SELECT page_id FROM pages_version)"


@tampering("paths of two pages swapped")
def swap_paths(attacker: Attacker) -> None:
    columns = ("parent_id", "slug", "path")
    one = attacker.pick(PUBLISHED)
    other = attacker.pick(f"{PUBLISHED} AND id <> ?", one)
    select = f"SELECT {', '.join(columns)} FROM pages_page WHERE id = ?"
    (old,), (new,) = attacker.rows(select, one), attacker.rows(select, other)
    attacker.update("page", one, path="swapping")
    attacker.update("page", other, **dict(zip(columns, old, strict=True)))
    attacker.update("page", one, **dict(zip(columns, new, strict=True)))


@tampering("a page moved")
def move_page(attacker: Attacker) -> None:
    slug = f"moved-{attacker.random.randrange(10**6)}"
    attacker.update("page", attacker.pick(PUBLISHED), slug=slug, path=slug, parent_id=None)


@tampering("a page's UUID")
def change_uuid(attacker: Attacker) -> None:
    attacker.update("page", attacker.pick(PUBLISHED), uuid=f"{attacker.random.getrandbits(128):032x}")


@tampering("a source language")
def change_source_language(attacker: Attacker) -> None:
    key, language = attacker.pick(f"SELECT id, source_language FROM pages_page WHERE id IN ({PUBLISHED})")
    attacker.update("page", key, source_language=attacker.other(language, "en", "ru", "de"))


@tampering("a page's slug or parent")
def change_slug(attacker: Attacker) -> None:
    key, parent = attacker.pick(f"SELECT id, parent_id FROM pages_page WHERE id IN ({PUBLISHED})")
    other = attacker.pick("SELECT id FROM pages_page WHERE path IN ('rules', 'terms') AND id IS NOT ?", parent)
    attacker.update("page", key, **attacker.random.choice([{"slug": "other"}, {"parent_id": other}]))


@tampering("a page's weight or review date")
def change_weight(attacker: Attacker) -> None:
    columns = attacker.random.choice([{"weight": attacker.random.randint(1, 99)}, {"review_by": "2030-01-01"}])
    attacker.update("page", attacker.pick("SELECT id FROM pages_page"), **columns)


@tampering("a draft")
def change_draft(attacker: Attacker) -> None:
    column = attacker.random.choice([f"{name}_{code}" for name in ("title", "body") for code in ("en", "ru", "fr")])
    attacker.update("page", attacker.pick(PUBLISHED), **{column: "Not what was saved."})


@tampering("a draft, with its revision")
def change_saved_draft(attacker: Attacker) -> None:
    key, page, content = attacker.pick(
        "SELECT revision.id, page_id, content_of(content) FROM pages_revision revision JOIN pages_blob USING (digest)"
        " WHERE revision.id NOT IN (SELECT revision_id FROM pages_versiontext)"
    )
    attacker.update("revision", key, digest=attacker.store(content + b"Not what was saved.\n"))
    body = content.decode().rpartition("---\n")[2].strip()
    attacker.update("page", page, body_en=f"{body}\nNot what was saved.")


@tampering("who saved a text, and when")
def change_author(attacker: Attacker) -> None:
    columns = attacker.random.choice(
        [{"author": "Eve"}, {"created_at": "2020-01-01 12:00:00"}, {"file_name": "content/en/other.md"}]
    )
    attacker.update("revision", attacker.pick("SELECT id FROM pages_revision"), **columns)


@tampering("a redirect")
def change_redirect(attacker: Attacker) -> None:
    key = attacker.pick("SELECT id FROM pages_redirect")
    match attacker.random.randrange(3):
        case 0:
            attacker.update("redirect", key, page_id=attacker.pick(PUBLISHED))
        case 1:
            attacker.update("redirect", key, old_path="another")
        case _:
            attacker.run("DELETE FROM pages_redirect WHERE id = ?", key)


@tampering("site settings or links")
def change_settings(attacker: Attacker) -> None:
    changes = [
        lambda: attacker.update("sitesettings", 1, notice="Not ours.", notice_en="Not ours."),
        lambda: attacker.update("sitesettings", 1, name="Other", name_en="Other"),
        lambda: attacker.run("UPDATE pages_link SET label_en = 'Other'"),
        lambda: attacker.run("UPDATE pages_linkgroup SET title_en = 'Other'"),
        lambda: attacker.run("UPDATE pages_link SET page_id = NULL, url = 'https://example.com'"),
    ]
    attacker.random.choice(changes)()


@tampering("triggers dropped")
def drop_triggers(attacker: Attacker) -> None:
    names = sorted(attacker.triggers)
    for name in attacker.random.sample(names, attacker.random.randint(1, len(names))):
        del attacker.triggers[name]

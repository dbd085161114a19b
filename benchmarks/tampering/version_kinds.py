"""Tampering with versions and their texts."""

import json

from benchmarks.tampering.attacker import Attacker
from benchmarks.tampering.registry import Kinds, adding_to

KINDS: Kinds = {}
tampering = adding_to(KINDS)


@tampering("a version's number")
def change_number(attacker: Attacker) -> None:
    key, number = attacker.pick("SELECT id, number FROM pages_version")
    attacker.update("version", key, number=number + attacker.random.randint(10, 99))


@tampering("an effective date")
def change_effective_date(attacker: Attacker) -> None:
    key, value = attacker.pick("SELECT id, effective_at FROM pages_version")
    attacker.update("version", key, effective_at=attacker.other_time(value))


@tampering("an effective date, with the whole chain recomputed")
def change_effective_date_and_chain(attacker: Attacker) -> None:
    key, number, value, uuid = attacker.pick(
        "SELECT version.id, number, effective_at, uuid FROM pages_version version"
        " JOIN pages_page page ON page.id = page_id"
    )
    new = attacker.other_time(value)
    attacker.update("version", key, effective_at=new)

    def change(payload: dict) -> dict:
        version = payload.get("version")
        if isinstance(version, dict) and (version["number"], payload["page"].replace("-", "")) == (number, uuid):
            version["effective_at"] = attacker.recorded_time(new)
        return payload

    attacker.rewrite_log(change)


@tampering("a publication date")
def change_publication_date(attacker: Attacker) -> None:
    key, value = attacker.pick("SELECT id, published_at FROM pages_version")
    attacker.update("version", key, published_at=attacker.other_time(value))


@tampering("a binding language")
def change_binding_language(attacker: Attacker) -> None:
    key, language = attacker.pick("SELECT id, binding_language FROM pages_version")
    attacker.update("version", key, binding_language=attacker.other(language, None, "en", "ru"))


@tampering("a significance")
def change_significance(attacker: Attacker) -> None:
    key, value = attacker.pick("SELECT id, significance FROM pages_versiontext")
    attacker.update("versiontext", key, significance=attacker.other(value, "major", "minor", "unchanged"))


@tampering("the version that a translation reflects")
def change_based_on(attacker: Attacker) -> None:
    key, value = attacker.pick("SELECT id, based_on FROM pages_versiontext")
    attacker.update("versiontext", key, based_on=attacker.other(value, None, 1, 2, 3))


@tampering("a text of a version deleted")
def delete_text(attacker: Attacker) -> None:
    attacker.run("DELETE FROM pages_versiontext WHERE id = ?", attacker.pick("SELECT id FROM pages_versiontext"))


@tampering("a text of a version added")
def add_text(attacker: Attacker) -> None:
    key, language = attacker.pick("SELECT id, language FROM pages_versiontext")
    attacker.copy("versiontext", key, language=attacker.other(language, "fr", "es", "uk"))


@tampering("a version deleted")
def delete_version(attacker: Attacker) -> None:
    key = attacker.pick("SELECT id FROM pages_version")
    attacker.run("DELETE FROM pages_versiontext WHERE version_id = ?", key)
    attacker.run("DELETE FROM pages_version WHERE id = ?", key)
    if attacker.random.random() < 0.5:
        attacker.run("UPDATE pages_publicationrecord SET version_id = NULL WHERE version_id = ?", key)


def add_version(attacker: Attacker) -> tuple[int, int]:
    """Add a copy of a page's latest version as a new one; return both keys."""
    key, number = attacker.pick("SELECT MAX(id), MAX(number) FROM pages_version GROUP BY page_id")
    new = attacker.copy("version", key, number=number + 1)
    for (text,) in attacker.rows("SELECT id FROM pages_versiontext WHERE version_id = ?", key):
        attacker.copy("versiontext", text, version_id=new)
    return key, new


tampering("a version added without a record")(add_version)


@tampering("a version added, with a record appended")
def add_version_with_record(attacker: Attacker) -> None:
    key, new = add_version(attacker)
    number, page = attacker.pick(
        "SELECT record.number, page_id FROM pages_publicationrecord record WHERE version_id = ? AND kind = 'publish'",
        key,
    )
    payload = attacker.payload(number)
    version = payload["version"] | {"number": payload["version"]["number"] + 1}
    current = attacker.pick("SELECT path, source_language FROM pages_page WHERE id = ?", page)
    place = dict(zip(("path", "source_language"), current, strict=True))
    (at,) = attacker.rows("SELECT published_at FROM pages_version WHERE id = ?", new)[0]
    columns = {"page_id": page, "version_id": new, "at": at}
    attacker.append("publish", columns=columns, page=payload["page"], version=version, **place)


@tampering("a confirmation changed")
def change_confirmation(attacker: Attacker) -> None:
    number, old_version, old_digest = attacker.pick(
        "SELECT number, version_id, text_digest FROM pages_publicationrecord WHERE kind = 'confirm'"
    )
    version = attacker.pick("SELECT id FROM pages_version WHERE id <> ?", old_version)
    digest = attacker.pick("SELECT digest FROM pages_revision WHERE digest <> ?", old_digest)
    columns = attacker.random.choice(
        [{"language": "de"}, {"text_digest": digest}, {"version_id": version}, {"at": "2024-02-01 12:00:00"}]
    )
    attacker.update("publicationrecord", number, **columns)


def hide(attacker: Attacker, kind: str) -> None:
    """Hide an event from the queries that look for it; the content of its record stays."""
    number, at, own = attacker.pick("SELECT number, at, page_id FROM pages_publicationrecord WHERE kind = ?", kind)
    page, version = attacker.pick("SELECT page_id, id FROM pages_version WHERE page_id <> ?", own)
    columns = attacker.random.choice(
        [{"kind": "review"}, {"at": f"3{at[1:]}"}, {"page_id": page, "version_id": version}, {"page_id": None}]
    )
    columns |= {"version_id": None} if columns == {"page_id": None} else {}
    attacker.update("publicationrecord", number, **columns)


tampering("a cancellation hidden")(lambda attacker: hide(attacker, "cancel"))
tampering("a withdrawal hidden")(lambda attacker: hide(attacker, "withdraw"))
tampering("a correction hidden")(lambda attacker: hide(attacker, "correct"))
tampering("a confirmation hidden")(lambda attacker: hide(attacker, "confirm"))


@tampering("an event removed, with the whole chain recomputed")
def remove_event(attacker: Attacker) -> None:
    kinds = json.dumps(["cancel", "withdraw", "correct", "confirm"])
    number = attacker.pick(
        "SELECT number FROM pages_publicationrecord WHERE kind IN (SELECT value FROM json_each(?))", kinds
    )
    attacker.run("DELETE FROM pages_publicationrecord WHERE number = ?", number)
    attacker.rewrite_log()

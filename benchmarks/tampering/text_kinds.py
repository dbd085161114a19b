"""Tampering with contents: texts, pictures, notes, reasons, names."""

import json

from benchmarks.tampering.attacker import Attacker
from benchmarks.tampering.registry import Kinds, adding_to

KINDS: Kinds = {}
tampering = adding_to(KINDS)
PUBLISHED = (
    "FROM pages_versiontext text JOIN pages_revision revision ON revision.id = text.revision_id"
    " JOIN pages_blob blob ON blob.digest = revision.digest WHERE blob.content IS NOT NULL"
)
REASONS = "SELECT number, reason_digests FROM pages_publicationrecord WHERE reason_digests <> '{}'"


@tampering("a text's bytes")
def change_bytes(attacker: Attacker) -> None:
    digest, content = attacker.pick(f"SELECT blob.digest, blob.content {PUBLISHED}")
    attacker.update("blob", digest, content=attacker.changed(content))


def replace_text(attacker: Attacker) -> tuple[str, str]:
    """Give a published text another body with its digest; return the old and the new digest."""
    revision, digest, content = attacker.pick(f"SELECT revision.id, blob.digest, content_of(content) {PUBLISHED}")
    new = attacker.store(content + b"Not what was published: %d.\n" % attacker.random.randrange(10**6))
    attacker.update("revision", revision, digest=new)
    return digest, new


tampering("a text, with its digest")(replace_text)


@tampering("a text, with its digest and its draft")
def replace_text_and_draft(attacker: Attacker) -> None:
    _old, new = replace_text(attacker)
    language, page, content = attacker.pick(
        "SELECT language, page_id, content_of(content) FROM pages_revision JOIN pages_blob USING (digest)"
        " WHERE digest = ?",
        new,
    )
    body = content.decode().rpartition("---\n")[2].strip()
    attacker.update("page", page, **{f"body_{language}": body})


@tampering("a text, with the whole chain recomputed")
def replace_text_and_chain(attacker: Attacker) -> None:
    old, new = replace_text(attacker)
    revision = attacker.pick("SELECT id FROM pages_revision WHERE digest = ?", new)
    # Other texts with the same bytes change as well, and so does the draft if it is the text.
    attacker.run("UPDATE pages_revision SET digest = ? WHERE digest = ?", new, old)
    attacker.run("UPDATE pages_publicationrecord SET text_digest = ? WHERE text_digest = ?", new, old)
    attacker.rewrite_log(lambda payload: json.loads(json.dumps(payload).replace(old, new)))
    language, page = attacker.pick("SELECT language, page_id FROM pages_revision WHERE id = ?", revision)
    newest = (
        "SELECT content_of(content) FROM pages_revision JOIN pages_blob USING (digest)"
        " WHERE page_id = ? AND language = ? AND is_draft_head ORDER BY pages_revision.id DESC LIMIT 1"
    )
    (content,) = attacker.rows(newest, page, language)[0]
    attacker.update("page", page, **{f"body_{language}": content.decode().rpartition("---\n")[2].strip()})


@tampering("a title or description")
def change_field(attacker: Attacker) -> None:
    revision = attacker.pick(f"SELECT revision.id {PUBLISHED}")
    name = attacker.random.choice(["title", "link_title", "description"])
    attacker.update("revision", revision, **{name: f"Other {attacker.random.randrange(10**6)}"})


@tampering("a text moved to another language")
def change_language_of_text(attacker: Attacker) -> None:
    key, revision, language = attacker.pick(f"SELECT text.id, revision.id, text.language {PUBLISHED}")
    code = attacker.other(language, "fr", "es", "uk", "pl")
    attacker.update("versiontext", key, language=code)
    if attacker.random.random() < 0.5:
        attacker.update("revision", revision, language=code)


@tampering("a salt")
def change_salt(attacker: Attacker) -> None:
    if attacker.random.random() < 0.5:
        revision, salt = attacker.pick(f"SELECT revision.id, revision.salt {PUBLISHED}")
        attacker.update("revision", revision, salt=attacker.changed(salt))
    else:
        digest, salt = attacker.pick("SELECT digest, salt FROM pages_blob WHERE LENGTH(salt) > 0")
        attacker.update("blob", digest, salt=attacker.changed(salt))


PICTURES = (
    "SELECT picture.digest, content FROM pages_picture picture JOIN pages_blob blob ON blob.digest = picture.digest"
)


@tampering("a picture's bytes")
def change_picture(attacker: Attacker) -> None:
    digest, content = attacker.pick(PICTURES)
    attacker.update("blob", digest, content=attacker.changed(content))


@tampering("a picture, with its digest")
def replace_picture(attacker: Attacker) -> None:
    digest, content = attacker.pick(PICTURES)
    new = attacker.store(attacker.changed(content))
    attacker.insert("picture", digest=new, extension="svg", created_at="2024-03-01 12:00:00")
    attacker.run("UPDATE pages_versiontext SET pictures = REPLACE(pictures, ?, ?)", digest, new)


@tampering("a picture deleted")
def delete_picture(attacker: Attacker) -> None:
    digest, _content = attacker.pick(PICTURES)
    attacker.run("DELETE FROM pages_picture WHERE digest = ?", digest)
    if attacker.random.random() < 0.5:
        attacker.run("DELETE FROM pages_blob WHERE digest = ?", digest)


@tampering("a change note")
def change_note(attacker: Attacker) -> None:
    key, digest, content = attacker.pick(
        "SELECT id, digest, content FROM pages_versiontext text JOIN pages_blob ON digest = text.note"
    )
    match attacker.random.randrange(3):
        case 0:
            attacker.update("blob", digest, content=attacker.changed(content))
        case 1:
            attacker.update("versiontext", key, note=attacker.store(b"Nothing.", b"salt"))
        case _:
            attacker.update("versiontext", key, note=None)


@tampering("a reason")
def change_reason(attacker: Attacker) -> None:
    number, reasons = attacker.pick(REASONS)
    digests = json.loads(reasons)
    language = attacker.random.choice(sorted(digests))
    match attacker.random.randrange(3):
        case 0:
            attacker.update("blob", digests[language], content=b"Nothing.")
        case 1:
            new = digests | {language: attacker.store(b"Nothing.", b"salt")}
            attacker.update("publicationrecord", number, reason_digests=json.dumps(new))
        case _:
            del digests[language]
            attacker.update("publicationrecord", number, reason_digests=json.dumps(digests))


@tampering("an actor's name")
def change_actor(attacker: Attacker) -> None:
    number, digest = attacker.pick("SELECT number, actor_id FROM pages_publicationrecord")
    if attacker.random.random() < 0.5:
        attacker.update("blob", digest, content=b"Eve")
    else:
        attacker.update("publicationrecord", number, actor_id=attacker.store(b"Eve", b"salt"))


@tampering("content erased without a record")
def erase(attacker: Attacker) -> None:
    digest = attacker.pick("SELECT digest FROM pages_blob WHERE content IS NOT NULL")
    attacker.update("blob", digest, content=None, salt=b"")


@tampering("content erased, with a record appended")
def erase_with_record(attacker: Attacker) -> None:
    digest = attacker.pick(f"SELECT blob.digest {PUBLISHED}")
    attacker.append("redact", digests=[digest])
    attacker.update("blob", digest, content=None, salt=b"")


@tampering("a title of a redacted text")
def change_redacted_field(attacker: Attacker) -> None:
    revision = attacker.pick(
        "SELECT revision.id FROM pages_revision revision JOIN pages_blob USING (digest) WHERE content IS NULL"
    )
    columns = {"title": f"Other {attacker.random.randrange(10**6)}"}
    attacker.update("revision", revision, **columns | attacker.random.choice([{}, {"salt": b""}]))


@tampering("a commit's metadata")
def change_commit(attacker: Attacker) -> None:
    key, digest, content = attacker.pick(
        "SELECT id, digest, content FROM pages_importedcommit JOIN pages_blob ON digest = metadata_id"
    )
    changes = [
        lambda: attacker.update("blob", digest, content=attacker.changed(content)),
        lambda: attacker.update("importedcommit", key, metadata_id=attacker.store(content, b"other salt")),
        lambda: attacker.update("importedcommit", key, files='{"content/en/other.md": null}'),
        lambda: attacker.update("importedcommit", key, site_structure='{"other": true}'),
        lambda: attacker.update("importedcommit", key, commit_id=f"{attacker.random.getrandbits(160):040x}"),
    ]
    attacker.random.choice(changes)()

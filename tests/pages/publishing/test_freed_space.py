"""Nothing of a redacted text stays in the files of the database."""

import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
from django.db import connection

from pages.publishing.freed_space import rewrite_database, zero_freed_space
from pages.text.compression import compress
from tests.processes import copy_prepared_site, manage

# Letters that no other content has, so that also the compressed form can be found.
LONG = "\n\n".join(f"Paragraph {number} of the longer secret {number * 7919}." for number in range(600))
BUILD = f"""
from datetime import timedelta
from django.utils import timezone
from pages.publishing.drafts import save_draft
from pages.publishing.versions import publish
from pages.text.fields import Fields
from tests.building import EDITOR, make_page, publish_bodies, texts_to_publish
start, page = timezone.now() - timedelta(days=3), make_page("policy")
text = Fields(title="Secret title 4711", description="Secret description 4711", body="Secret body 4711.")
long = Fields(title="Long", body={LONG!r})
save_draft(page, {{"en": text, "ru": long}}, by=EDITOR, now=start)
publish(page, texts_to_publish(page, ["en", "ru"]), by=EDITOR, now=start, notes={{"en": "First.", "ru": "First."}})
publish_bodies(page, {{"en": "In force.", "ru": "Now."}}, start + timedelta(days=1))
for text in page.versions.get(number=1).texts.order_by("language"):
    print(text.revision.digest)
"""


def files(data: Path) -> bytes:
    # By another process: to close one of these files would end the locks of all connections of this process.
    return subprocess.run(["cat", *sorted(data.glob("site.sqlite3*"))], capture_output=True, check=True).stdout


def passages(data: Path, digest: str) -> list[bytes]:
    """Return bytes of the texts as they are stored: short ones as they are, from the middle of the compressed one."""
    with sqlite3.connect(data / "site.sqlite3") as database:
        (content,) = database.execute("SELECT content FROM pages_blob WHERE digest = ?", [digest]).fetchone()
    assert content == compress(bytes(content)) or content[:4] == b"\xff\xfezl"
    return [b"Secret title 4711", b"Secret description 4711", b"Secret body 4711", content[600:632], content[1200:1232]]


def leave_freed(data: Path, content: bytes) -> None:
    """Free pages with a content, as a build of SQLite does that overwrites nothing by itself."""
    with sqlite3.connect(data / "site.sqlite3") as database:
        for statement in ("PRAGMA secure_delete = OFF", "CREATE TABLE former (content BLOB)"):
            database.execute(statement)
        database.execute("INSERT INTO former VALUES (?)", [content * 1000])
    with sqlite3.connect(data / "site.sqlite3") as database:
        database.execute("PRAGMA secure_delete = OFF")
        database.execute("DROP TABLE former")
    database.close()


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[Path, list[str]]:
    """Return the data folder of a site, and the digests of its texts to redact, in English and Russian."""
    data = copy_prepared_site(tmp_path_factory.mktemp("site"))
    result = manage("shell", "-v", "0", "-c", BUILD, data=data)
    assert result.returncode == 0, result.stderr
    return data, result.stdout.split()


def test_redacted_bytes_are_gone_from_the_files_of_the_database(built, tmp_path):
    data, (english, russian) = built
    shutil.copytree(data, tmp_path, dirs_exist_ok=True)
    # As that of a server: while it is open, the write-ahead log is not deleted when a command ends.
    idle = sqlite3.connect(tmp_path / "site.sqlite3")
    idle.execute("SELECT COUNT(*) FROM pages_page").fetchall()
    leave_freed(tmp_path, b"Secret words of a former draft 4711")
    stored = [*passages(tmp_path, russian), b"Secret words of a former draft 4711"]
    assert all(passage in files(tmp_path) for passage in stored)
    result = manage("redact", english, russian, "--reason", "A number.", "--yes", data=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert "Erased for ever: the text “Secret title 4711”" in result.stdout
    assert "freed space" not in result.stdout
    assert not [passage for passage in stored if passage in files(tmp_path)]
    idle.close()
    assert manage("verify_history", data=tmp_path).returncode == 0
    assert manage("check", "--database", "default", data=tmp_path).returncode == 0


def test_busy_database_is_redacted_and_the_command_says_what_is_left(built, tmp_path):
    data, (english, _russian) = built
    shutil.copytree(data, tmp_path, dirs_exist_ok=True)
    reader = sqlite3.connect(tmp_path / "site.sqlite3")
    reader.execute("BEGIN")
    reader.execute("SELECT COUNT(*) FROM pages_blob").fetchone()
    result = manage("redact", english, "--reason", "A number.", "--yes", data=tmp_path)
    reader.close()
    assert result.returncode == 0
    assert "The database can still hold the bytes in freed space. Run VACUUM" in result.stdout


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite only")
@pytest.mark.django_db
def test_freed_space_is_overwritten_from_a_redaction_on():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete = OFF")
        zero_freed_space()
        assert cursor.execute("PRAGMA secure_delete").fetchone() == (1,)


@pytest.mark.django_db
def test_database_is_not_rewritten_within_a_transaction():
    assert not rewrite_database()

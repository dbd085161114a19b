"""Write a database with one record of each kind, and its log: `python -m tests.record_format.build_fixture FOLDER`.

The files of a format are written once, when it is new. Later versions of the site must read them.
"""

import gzip
import json
import os
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

DAY = timedelta(days=1)
FIRST = datetime(2026, 1, 1, 12, tzinfo=UTC)


def build(repository: Path) -> None:
    from pages.hugo.git.repository import Repository
    from pages.hugo.importing.history_import import HistoryImport
    from pages.models import Blob, Page, VersionText
    from pages.publishing.actors import system_actor
    from pages.publishing.announcements import cancel
    from pages.publishing.page_events import bring_back, confirm, withdraw
    from pages.publishing.page_tree import move
    from pages.publishing.pictures.storage import store_picture
    from pages.publishing.version_plan import TextToPublish
    from pages.publishing.versions import publish
    from pages.publishing.writer import writing
    from tests.building import draft_revision, make_page, publish_bodies, save_bodies

    by, section = system_actor("Ann"), make_page("legal")
    page, secret = make_page("privacy", parent=section), make_page("secret")
    picture = store_picture(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg", now=FIRST)
    save_bodies(page, FIRST, en="![A map](map.svg)", ru="Один.")
    texts = {
        "en": TextToPublish(draft_revision(page, "en"), pictures={"map.svg": picture}),
        "ru": TextToPublish(draft_revision(page, "ru"), based_on="this"),
    }
    publish(page, texts, by=by, now=FIRST, binding_language="en")
    publish_bodies(page, {"en": "Two."}, FIRST + DAY, note="The second text.")
    announced = publish_bodies(page, {"en": "Three."}, FIRST + 2 * DAY, effective_at=FIRST + 9 * DAY)
    cancel(announced, by=by, now=FIRST + 3 * DAY, reasons={"en": "Not needed.", "ru": "Не нужно."})
    confirm(page.versions.get(number=2), "ru", 2, by=by, now=FIRST + 4 * DAY)
    withdraw(page, reasons={"en": "For a while."}, by=by, now=FIRST + 5 * DAY)
    bring_back(page, by=by, now=FIRST + 6 * DAY)
    move(section, slug="rules", parent=None, by=by, now=FIRST + 7 * DAY)
    publish_bodies(secret, {"en": "A name that has to go."}, FIRST + 8 * DAY)
    with Repository(repository) as source:
        HistoryImport(source, by=system_actor("import_hugo"), now=FIRST + 9 * DAY).run()
    page, now = Page.objects.get(path="rules/privacy"), FIRST + 10 * DAY
    digest = VersionText.objects.get(version__page=secret).revision.digest
    with writing(by, now) as writer:
        second = page.versions.get(number=2)
        writer.record("import", at=now, details={"run": 1, "report": "b" * 64})
        correction = {"language": "en", "significance": "minor"}
        writer.record("correct", page=page, version=second, at=now, **correction)
        writer.record("review", page=page, version=second, at=now)
        writer.record("redact", at=now, details={"digests": [digest]}, reasons={"en": "A court asked for it."})
        writer.record("clock", at=now)
    Blob.objects.filter(pk=digest).update(content=None, salt=b"")


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as data:
        os.environ |= {"DATA_DIR": data, "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "selfprivacy_site.settings"}
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        from pages.history.record_format import FORMAT
        from pages.models import PublicationRecord
        from tests.histories import build_repository

        call_command("migrate", verbosity=0)
        file = "---\ntitle: Imported\n---\n\n{}\n"
        commits = [{"content/en/imported.md": file.format(body)} for body in ("One.", "Two.")]
        build_repository(Path(data) / "source.git", commits)
        build(Path(data) / "source.git")
        call_command("verify_history")
        log = PublicationRecord.objects.order_by("number").values_list("canonical", "hash")
        lines = json.dumps([list(row) for row in log], ensure_ascii=False, indent=0)
        (folder / f"format-{FORMAT}.json").write_text(lines + "\n", encoding="utf-8")
        database = Path(data) / "copy.sqlite3"
        with closing(connection.cursor()) as cursor:
            cursor.execute("VACUUM INTO %s", [str(database)])
        connection.close()
        (folder / f"format-{FORMAT}.sqlite3.gz").write_bytes(gzip.compress(database.read_bytes(), mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""A small site with every kind of record, made by the operations that editors use."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.utils import timezone

from benchmarks.generators.fast_import import FastImport, Rename, Signature, Write
from pages.hugo.git.repository import Repository
from pages.hugo.importing.history_import import HistoryImport
from pages.models import Blob, Link, LinkGroup, Page, Redirect, SiteSettings, Version
from pages.publishing.actors import system_actor
from pages.publishing.announcements import cancel
from pages.publishing.drafts import save_draft
from pages.publishing.handovers import mark_ready
from pages.publishing.importing.report_lines import LineKind
from pages.publishing.importing.runs import begin_run, end_run
from pages.publishing.page_events import bring_back, confirm, withdraw
from pages.publishing.page_tree import create_page, move
from pages.publishing.pictures.storage import store_picture
from pages.publishing.version_plan import THIS_VERSION, TextToPublish
from pages.publishing.versions import announce, publish
from pages.publishing.writer import writing
from pages.text.fields import Fields
from pages.text.messages import Message

EDITOR = system_actor("Ann")
FIRST = datetime(2024, 3, 1, 12, tzinfo=UTC)
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg"><!-- %d --></svg>'
COMMITS = [
    [
        Write("content/en/imported.md", b"---\ntitle: Imported\n---\n\nOne.\n"),
        Write("content/ru/imported.md", "---\ntitle: Импорт\n---\n\nОдин.\n".encode()),
    ],
    [Write("content/en/imported.md", b"---\ntitle: Imported\ndescription: Two\n---\n\nTwo.\n")],
    [
        Rename("content/en/imported.md", "content/en/renamed.md"),
        Rename("content/ru/imported.md", "content/ru/renamed.md"),
    ],
]


class _Builder:
    """Each operation takes place a day after the one before."""

    def __init__(self) -> None:
        self.now = FIRST

    def next_day(self) -> datetime:
        self.now += timedelta(days=1)
        return self.now

    def page(self, slug: str, *, parent: Page | None = None, source_language: str = "en") -> Page:
        return create_page(slug=slug, parent=parent, source_language=source_language, by=EDITOR)

    def publish(self, page: Page, bodies: Mapping[str, str], *, pictures: Mapping[str, str] | None = None, **options):
        """Publish bodies by language. Translations reflect this version; the source is changed in a major way."""
        now = self.next_day()
        texts = {code: Fields(f"{page.slug} {code}", "", f"About {page.slug}", body) for code, body in bodies.items()}
        revisions = save_draft(page, texts, by=EDITOR, now=now)
        choices = {
            code: TextToPublish(
                revision, "minor" if code == "de" else "major", THIS_VERSION if code == "ru" else "same", pictures or {}
            )
            for code, revision in revisions.items()
        }
        notes = {code: f"What changed in {body[:20]}" for code, body in bodies.items()}
        operation = announce if "effective_at" in options else publish
        return operation(page, choices, by=EDITOR, now=now, notes=notes, **options)


def build_site(folder: Path) -> None:
    """Build the site in an empty database; `folder` is for the repository that is imported."""
    builder = _Builder()
    _publish_privacy(builder)
    _redact(builder)
    _import_history(builder, folder / "imported.git")
    _withdraw_pages(builder)
    # After all that an attacker who cuts the log could not set back.
    _publish_terms(builder)
    _set_up_links()


def _publish_privacy(builder: _Builder) -> None:
    """Publish a page below a section, in a language that is not served as well, and move the section."""
    section = builder.page("legal")
    page = builder.page("privacy", parent=section)
    pictures = {f"{name}.svg": store_picture(PICTURE % number, "svg", now=FIRST) for number, name in enumerate("ab")}
    bodies = {"en": "![A](a.svg) ![B](b.svg)", "ru": "![А](a.svg)", "de": "Eins."}
    builder.publish(page, bodies, pictures=pictures, binding_language="en")
    builder.publish(page, {"en": "Two."}, binding_language="en")
    version = builder.publish(page, {"ru": "Три.", "de": "Drei."}, binding_language="en")
    # Long enough to be stored compressed.
    builder.publish(page, {"en": "Four. " * 100})
    confirm(page.versions.get(number=4), "ru", 4, by=EDITOR, now=builder.next_day())
    _correct(builder, version, language="ru", significance="minor")
    move(section, slug="rules", parent=None, by=EDITOR, now=builder.next_day())


def _publish_terms(builder: _Builder) -> None:
    """Publish a page with cancelled announcements and an upcoming version, and save a draft."""
    page, later = builder.page("terms", source_language="ru"), timezone.now() + timedelta(days=400)
    builder.publish(page, {"ru": "Один.", "en": "One."})
    for number in range(2):
        announced = builder.publish(page, {"ru": f"Не скоро {number}."}, effective_at=later)
        cancel(announced, by=EDITOR, now=builder.next_day(), reasons={"ru": "Не нужно.", "en": "Not needed."})
    builder.publish(page, {"ru": "Скоро."}, effective_at=later)
    draft = save_draft(page, {"en": Fields("Terms", body="A draft.")}, by=EDITOR, now=builder.next_day())["en"]
    digest = page.revisions.drafts().get(language="ru").digest
    mark_ready(page, "en", revision=draft.pk, source_digest=digest, by=EDITOR, now=builder.next_day())
    save_draft(builder.page("plans"), {"en": Fields("Plans", body="Secret.")}, by=EDITOR, now=builder.next_day())


def _withdraw_pages(builder: _Builder) -> None:
    """Publish pages and withdraw them; bring one of them back."""
    for slug in ("contact", "refunds"):
        page = builder.page(slug)
        builder.publish(page, {"en": f"One {slug}.", "ru": f"Один {slug}."})
        withdraw(page, reasons={"en": f"Wrong {slug}.", "ru": "Ошибка."}, by=EDITOR, now=builder.next_day())
    bring_back(page, by=EDITOR, now=builder.next_day())
    move(page, slug="returns", parent=None, by=EDITOR, now=builder.next_day())


def _import_history(builder: _Builder, path: Path) -> None:
    """Import a git history of a few commits."""
    with FastImport(path) as repository:
        parents: tuple[int, ...] = ()
        for number, operations in enumerate(COMMITS):
            seconds = int((builder.next_day()).timestamp())
            author = Signature("Bob", "bob@example.org", seconds)
            message = f"Change {number}"
            parents = (
                repository.commit(operations, author=author, committer=author, message=message, parents=parents),
            )
    by = system_actor("import_hugo")
    # The second one has nothing to import, and says something that the first one did not.
    for attempt in range(2):
        now = builder.next_day()
        log = begin_run(source=path.name, options={}, plan={}, by=by, now=now)
        with Repository(path) as source:
            HistoryImport(source, by=by, now=now, log=log).run()
        log.add(LineKind.NOTE, "content/en/imported.md", Message("Attempt %(number)d.", number=attempt))
        log.close(commit="c" * 40)
        end_run(log, by=by, now=now)


def _redact(builder: _Builder) -> None:
    """Publish a text, and redact it."""
    page = builder.page("secret")
    version = builder.publish(page, {"en": "A name.", "ru": "Имя."})
    digest = version.texts.get(language="en").revision.digest
    now = builder.next_day()
    with writing(EDITOR, now) as writer:
        writer.record("redact", at=now, details={"digests": [digest]}, reasons={"en": "A court asked for it."})
    Blob.objects.filter(pk=digest).update(content=None, salt=b"")
    builder.publish(page, {"en": "No name."})


def _correct(builder: _Builder, version: Version, **columns: str) -> None:
    now = builder.next_day()
    with writing(EDITOR, now) as writer:
        writer.record("correct", page=version.page, version=version, at=now, **columns)


def _set_up_links() -> None:
    """Give the site a name, a redirect that an editor entered, and links."""
    SiteSettings(name="Policies", licence_name="CC0").save()
    Redirect(old_path="old", page=Page.objects.get(path="terms")).save()
    terms, source = LinkGroup(title_en="Rules"), LinkGroup(title_en="Source")
    terms.save()
    source.save()
    Link(group=terms, label_en="Terms", page=Page.objects.get(path="terms")).save()
    Link(group=source, label_en="Repository", url="https://example.org").save()

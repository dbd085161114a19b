"""What the texts that an import published should be checked for, of the kinds that concern several texts.

These are the findings of the publish page that need the whole site: links, anchors, and parity with the source text.
Those of one text alone are reported commit by commit.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from pages.hugo.commits.text_files import find_linked_files
from pages.hugo.commits.text_findings import describe_others
from pages.hugo.importing.second_process import Call, values_in_turns
from pages.hugo.importing.text_checks import PageSurveys
from pages.languages import served_languages
from pages.models import Page, PublicationRecord, Version
from pages.models.publication_record import RecordKind
from pages.presentation.editors.publishing_checks import CheckedText, find_site_findings
from pages.publishing.importing.report_lines import LineKind, subject_of_page
from pages.publishing.importing.runs import RunLog
from pages.publishing.version_writer import version_texts
from pages.text.checks.findings import Finding
from pages.text.checks.surveyed_text import SurveyedText
from pages.text.markup_work import pause_collector
from pages.text.messages import Message
from pages.text.source import lines_before_body

# The most different findings of one kind that the report names of a text.
_MAX_OF_KIND = 5


@pause_collector()
def report_published(log: RunLog, *, at: datetime, surveys: PageSurveys) -> None:
    """Add a line for each finding in the newest versions of the pages of which the run published some.

    Only texts in served languages are checked. Of a page that was published before the run, anchors are compared with
    what readers had then.
    """
    pages = (list(_checked_texts(page, log.run.started_at, at)) for page in _published_pages(log.run.started_at))
    for texts, surveyed in values_in_turns((texts, _survey(texts, surveys)) for texts in pages):
        for text, survey in zip(texts, surveyed, strict=True):
            # One with too much markup has no findings: publishing it is refused.
            for message in _describe(text, survey) if survey else ():
                log.add(LineKind.NOTE, text.revision.file_name or subject_of_page(text.page.path), message)
    log.close()


def _survey(texts: Sequence[CheckedText], surveys: PageSurveys) -> Call[list[SurveyedText | None]]:
    return surveys.of(tuple(text.compared for text in texts))


def _published_pages(since: datetime) -> Iterable[Page]:
    records = PublicationRecord.objects.filter(kind=RecordKind.PUBLISH, recorded_at__gte=since)
    return Page.objects.filter(pk__in=records.values("page")).only("path", "source_language").order_by("path")


def _checked_texts(page: Page, since: datetime, at: datetime) -> Iterator[CheckedText]:
    texts, before = version_texts(page.versions.in_force(at).first()), version_texts(_version_before(page, since))
    original = texts.get(page.source_language)
    for language in sorted(set(texts) & set(served_languages())):
        text, source = texts[language], None if language == page.source_language else original
        yield CheckedText(
            page=page,
            revision=text.revision,
            pictures=text.pictures,
            before=before.get(language),
            source_text=source.revision if source else None,
            at=at,
        )


def _version_before(page: Page, since: datetime) -> Version | None:
    """Return the version that readers had before the run."""
    records = page.records.filter(kind=RecordKind.PUBLISH, recorded_at__lt=since).order_by("-number")
    record = records.select_related("version").first()
    return record.version if record else None


def _describe(text: CheckedText, surveyed: SurveyedText) -> Iterator[Message]:
    by_kind: defaultdict[str, defaultdict[str, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for finding in find_site_findings(text, surveyed, without=find_linked_files(text.body)):
        by_kind[finding.kind][str(finding.message)].append(finding)
    lines_before = lines_before_body(text.revision.source) if by_kind else 0
    for by_message in by_kind.values():
        groups = list(by_message.values())
        yield from (describe_others(findings, lines_before) for findings in groups[:_MAX_OF_KIND])
        if others := groups[_MAX_OF_KIND:]:
            yield describe_others([finding for findings in others for finding in findings], lines_before)

from pathlib import Path

from pages.models.publication_record import RecordKind
from tests.record_format.vectors import as_markdown, build_log

DOCUMENT = Path(__file__).parents[2] / "docs" / "verifying.md"


def test_records_of_all_kinds_are_those_in_the_document():
    assert [kind for kind, _, _ in build_log()] == [kind for kind, _, _ in build_log() if kind in RecordKind.values]
    assert {kind for kind, _, _ in build_log()} == set(RecordKind.values)
    assert as_markdown() in DOCUMENT.read_text(encoding="utf-8")

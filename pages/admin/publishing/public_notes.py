"""What readers see that is typed into the form of an operation: change notes and reasons."""

from django.core.exceptions import ValidationError

from pages.text.checks.characters import find_hidden_characters
from pages.text.checks.findings import FindingKind


def validate_characters(text: str) -> None:
    """Refuse what also prevents the publication of a text, and control characters, which no page may contain."""
    findings = find_hidden_characters(text)
    refused = [finding for finding in findings if finding.blocks or finding.kind == FindingKind.FORBIDDEN]
    if refused:
        raise ValidationError([finding.message.translated for finding in refused])

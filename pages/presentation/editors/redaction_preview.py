"""What the redaction of a text or picture erases, where it is used, and what readers see instead."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pages.languages import name_in_sentence
from pages.publishing.redactable_contents import PageUse, RedactableContent


def describe_redaction(content: RedactableContent) -> list[str]:
    """Return the sentences that a person reads before anything is erased."""
    sentences = [_erased(content), *map(_use, content.uses)]
    if len({(use.page.pk, use.language) for use in content.uses}) > 1:
        sentences.append(_("Several pages or languages have the same bytes: it is erased in all of them."))
    if content.unsaved:
        count = len(content.unsaved)
        text = ngettext(
            "%(count)d unsaved text that was begun with it, or that is the same, is deleted.",
            "%(count)d unsaved texts that were begun with it, or that are the same, are deleted.",
            count,
        )
        sentences.append(text % {"count": count})
    return [*sentences, *_remains(content)]


def _erased(content: RedactableContent) -> str:
    values = {"title": content.title, "size": content.size, "digest": content.digest[:12]}
    if content.is_picture:
        return _("Erased for ever: the picture %(digest)s… (%(size)d bytes).") % values
    return (
        _("Erased for ever: the text “%(title)s” (%(size)d bytes), with its title, link title and description.")
        % values
    )


def _use(use: PageUse) -> str:
    """Return where a text or picture is used: in versions, and in saved drafts."""
    text = _("%(page)s, %(language)s: saved as %(revisions)s, in no version.")
    if use.versions and use.revisions:
        text = _("%(page)s, %(language)s: in version %(versions)s, saved as %(revisions)s.")
    elif use.versions:
        text = _("%(page)s, %(language)s: in version %(versions)s.")
    return text % {
        "page": use.page,
        "language": name_in_sentence(use.language),
        "versions": ", ".join(map(str, use.versions)),
        "revisions": ", ".join(f"r{key}" for key in use.revisions),
    }


def _remains(content: RedactableContent) -> list[str]:
    copies = _("Backups, exported repositories and copies of readers keep what is erased here.")
    if content.is_picture:
        return [_("Readers see its alternative text instead, and at its address that it was redacted."), copies]
    shown = _(
        "Readers see instead, in these versions and in comparisons with them, that the text was redacted. The "
        "publication log keeps its digest."
    )
    return [shown, _("The same words in other texts stay: redact these too."), copies]

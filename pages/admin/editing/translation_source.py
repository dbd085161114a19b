"""The source text that a translation is made from, and what changed in it since the translation was made."""

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pages.admin.editing.conflicts import render_fields
from pages.admin.page_views import render_page_view
from pages.admin.permissions import actor_of
from pages.history.translation_status import TranslationStatus
from pages.languages import name_in_sentence, served_languages
from pages.models import Page, Revision
from pages.models.permissions import PUBLISH, publish_text_permission
from pages.models.revision import EMPTY_DIGEST
from pages.presentation.comparison.text_comparison import TextComparison
from pages.presentation.editors.translation_tasks import TranslationTask, translation_task
from pages.presentation.rendered_bodies import render_draft_body
from pages.publishing.actors import Actor
from pages.publishing.pictures.storage import published_pictures


def translation_source_view(model_admin, request, page: Page, language: str):
    """Show a translator the source text, or its draft with `?draft`.

    `translation_source.js` puts the inner part of this page next to the translation's fields.
    """
    if language == page.source_language or language not in served_languages():
        raise Http404
    now, actor = timezone.now(), actor_of(request.user)
    task = translation_task(page, language, now)
    # The source's draft is offered only if it differs from the published text that is shown by default.
    published = task.source.revision.digest if task and task.source else EMPTY_DIGEST
    drafts = page.revisions.drafts().filter(language=page.source_language)
    unpublished = drafts.exclude(blob__in=[published, EMPTY_DIGEST]).first()
    context = {
        "title": _("Translate: %(language)s") % {"language": name_in_sentence(language)},
        "parent_tab": "edit",
        "task": task,
        "translation_language": language,
        "draft": unpublished,
        "confirm_url": _confirm_url(page, language, task, actor),
    }
    if unpublished and ("draft" in request.GET or task is None or task.source is None):
        context |= _draft_context(page, unpublished, task, now)
    return render_page_view(model_admin, request, page, "admin/pages/page/translation_source.html", **context)


def _draft_context(page: Page, draft: Revision, task: TranslationTask | None, now) -> dict:
    """Return the draft of the source, and its changes since the version that the translation reflects."""
    text = draft.fields
    pictures = published_pictures(page, now)
    base_url = page.get_absolute_url()
    rendered = render_draft_body(
        text.body, pictures, language=page.source_language, base_url=base_url, id_prefix="source-"
    )
    context = {"draft_fields": text, "rendered_draft": rendered}
    version = task and (task.presentation.reflected_version or task.version)
    old_text = version and version.texts.select_related("revision").filter(language=page.source_language).first()
    if old_text:
        language = page.source_language
        old = render_fields(page, language, old_text.revision.fields, old_text.pictures)
        changes = TextComparison(old, render_fields(page, language, text, pictures), language)
        context |= {"draft_changes": changes, "draft_since": version}
    return context


def _confirm_url(page: Page, language: str, task: TranslationTask | None, actor: Actor) -> str:
    """Return the URL for confirming that the translation matches the source, or "" if there is nothing to confirm.

    It is also empty for an actor who may not publish the language.
    """
    is_unconfirmed = task and task.status in {TranslationStatus.BEHIND, TranslationStatus.MINOR}
    if not (is_unconfirmed and actor.has_perm(PUBLISH) and actor.has_perm(publish_text_permission(language))):
        return ""
    return reverse("admin:pages_page_confirm", args=[page.pk, language])

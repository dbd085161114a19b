"""The page that corrects the text in force, and the announced texts with it."""

from django.utils import timezone
from django.utils.translation import gettext as _

from pages.admin.page_views import render_page_view
from pages.admin.permissions import actor_of
from pages.admin.publishing.correct_form import IN_FORCE_PREFIX, CorrectForm, announced_prefix
from pages.admin.publishing.publish_context import PublishContext, load_publish_context
from pages.admin.publishing.publish_view import report_published
from pages.models import Page
from pages.publishing.announcements import AnnouncementAction


def correct_view(model_admin, request, page: Page):
    """Show the text in force, then the announced texts with the corrections; publish both at once."""
    context = load_publish_context(page, timezone.now(), actor_of(request.user))
    is_final = "_publish" in request.POST
    data = _with_defaults(request.POST, context) if request.method == "POST" else None
    form = CorrectForm(data, context=context, is_final=is_final)
    is_valid = form.is_valid()
    if is_valid and is_final and form.corrected_languages and form.save(by=context.actor, now=context.at):
        return report_published(model_admin, request, page, form.result)
    template_context = {
        "title": _("Correct the text in force: %(page)s") % {"page": page},
        "form": form,
        "publish_context": context,
        "is_possible": bool(context.in_force and form.languages),
        "languages": [_language_context(form, language) for language in form.languages],
        "announcement_action_field": form["announcement_action"] if "announcement_action" in form.fields else None,
        "has_no_changes": request.method == "POST" and not form.corrected_languages,
    }
    template, status = "admin/pages/page/correct.html", 400 if is_final and form.errors else 200
    return render_page_view(model_admin, request, page, template, status=status, **template_context)


def _with_defaults(post, context: PublishContext):
    """Return the submitted data, with the initial values of those fields that the second step adds."""
    form = CorrectForm(post, context=context)
    data = post.copy()
    # A bound form ignores initial values, so they are added to the data.
    if form.corrected_languages and context.upcoming:
        data.setdefault("announcement_action", AnnouncementAction.REANNOUNCE)
    for language in form.corrected_languages:
        for version, _text in form.announced_texts(language):
            for field in form.text_fields(announced_prefix(version), language):
                data.setdefault(field.html_name, field.field.initial)
    return data


def _language_context(form: CorrectForm, language: str) -> dict:
    is_corrected = language in form.corrected_languages
    announced_texts = form.announced_texts(language) if is_corrected else []
    return {
        "code": language,
        "is_corrected": is_corrected,
        "is_incomplete": language in form.incomplete_languages,
        "fields": form.text_fields(IN_FORCE_PREFIX, language),
        "questions": form.question_fields(language),
        "announced": [
            (version, form.text_fields(announced_prefix(version), language)) for version, _text in announced_texts
        ],
    }

"""The page that corrects the text in force, and the announced texts with it."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pages.admin.editing.language_tabs import language_title
from pages.admin.page_views import PageView, render_page_view
from pages.admin.permissions import actor_of, can_publish
from pages.admin.publishing.correct_form import IN_FORCE_PREFIX, CorrectForm, announced_prefix
from pages.admin.publishing.publish_context import PublishContext, load_publish_context
from pages.admin.publishing.publish_view import report_published
from pages.models import Page
from pages.publishing.announcements import AnnouncementAction, SupersedesAnnouncement
from pages.publishing.records import PublicationConflict
from pages.publishing.versions import NothingInForce, correct


def correct_view(model_admin, request, page: Page):
    """Show the text in force, then the announced texts with the corrections; publish both at once."""
    context = load_publish_context(page, timezone.now(), actor_of(request.user))
    is_final = "_publish" in request.POST
    data = _with_defaults(request.POST, context) if request.method == "POST" else None
    form = CorrectForm(data, context=context, is_final=is_final)
    has_conflict = form.detect_conflict(page)
    if is_final and form.corrected_languages and form.is_valid() and not has_conflict and (version := _correct(form)):
        report_published(model_admin, request, page, version)
        return HttpResponseRedirect(reverse("admin:pages_page_change", args=[page.pk]))
    template_context = {
        "title": _("Correct the text in force: %(page)s") % {"page": page},
        "form": form,
        "publish_context": context,
        "is_possible": bool(context.in_force and form.languages),
        "languages": [_language_context(form, language) for language in form.languages],
        "announcement_action_field": form["announcement_action"] if "announcement_action" in form.fields else None,
        "has_no_changes": request.method == "POST" and not form.corrected_languages,
    }
    template, status = "admin/pages/page/correct.html", 400 if is_final and form.is_bound and form.errors else 200
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
        "name": language_title(language),
        "is_corrected": is_corrected,
        "is_incomplete": language in form.incomplete_languages,
        "fields": form.text_fields(IN_FORCE_PREFIX, language),
        "questions": form.question_fields(language),
        "announced": [
            (version, form.text_fields(announced_prefix(version), language)) for version, _text in announced_texts
        ],
    }


def _correct(form: CorrectForm):
    """Return the new version; or None if the operation refused, with the reason added to the form."""
    answers, context = form.cleaned_data, form.context
    try:
        return correct(
            context.page,
            form.corrected_fields(),
            by=context.actor,
            now=context.at,
            significance=form.answers("significance"),
            notes=form.answers("note"),
            announcement_action=answers.get("announcement_action"),
            announced=form.announced_fields(),
            binding_language=context.in_force.binding_language,
            expected_record=answers["record"],
        )
    except ValidationError as error:
        for name, errors in error.error_dict.items():
            form.add_error(_form_field(form, name), errors)
    except PermissionDenied as denied:
        form.add_error(None, str(denied))
    except (PublicationConflict, NothingInForce, SupersedesAnnouncement):
        form.add_conflict_error(context.page)
    return None


def _form_field(form: CorrectForm, name: str) -> str | None:
    """Return the form field for an error of the operation: its own, or that of the text in force."""
    candidates = (name, f"{IN_FORCE_PREFIX}{name}", name.replace("text_", f"{IN_FORCE_PREFIX}body_", 1))
    return next((candidate for candidate in candidates if candidate in form.fields), None)


VIEWS = (PageView("correct/", "correct", correct_view, can_publish),)

"""Correct the text in force while an announcement waits: the correction and the announced text side by side."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pages.admin.editing.language_tabs import language_title
from pages.admin.page_views import PageView, render_page_view
from pages.admin.permissions import actor_of, can_publish
from pages.admin.publishing.correct_form import IN_FORCE, CorrectForm, announced_prefix
from pages.admin.publishing.outgoing_texts import publish_context
from pages.admin.publishing.publish_view import say_published
from pages.models import Page
from pages.publishing.announcements import AnnouncementAction, SupersedesAnnouncement
from pages.publishing.records import PublicationConflict
from pages.publishing.versions import NothingInForce, correct


def correct_view(model_admin, request, page: Page):
    """Ask for the correction first; then show the announced text beside it, and publish both at once."""
    around = publish_context(page, timezone.now(), actor_of(request.user))
    is_decided = "_publish" in request.POST
    form = CorrectForm(
        _with_carried(request, around) if request.method == "POST" else None, around=around, is_decided=is_decided
    )
    is_late = form.is_late(page)
    if is_decided and form.corrected and form.is_valid() and not is_late and (version := _corrected(form)):
        say_published(model_admin, request, page, version)
        return HttpResponseRedirect(reverse("admin:pages_page_change", args=[page.pk]))
    context = {
        "title": _("Correct the text in force: %(page)s") % {"page": page},
        "form": form,
        "around": around,
        "is_possible": bool(around.in_force and form.languages),
        "languages": [_shown(form, language) for language in form.languages],
        "waiting_field": form["waiting"] if "waiting" in form.fields else None,
        "nothing_changed": request.method == "POST" and not form.corrected,
    }
    status = 400 if is_decided and form.is_bound and form.errors else 200
    return render_page_view(model_admin, request, page, "admin/pages/page/correct.html", status=status, **context)


def _with_carried(request, around):
    """Return what was posted; where the announced texts are asked for the first time, with the corrections in them."""
    probe = CorrectForm(request.POST, around=around)
    filled = request.POST.copy()
    if probe.corrected and around.waiting:
        filled.setdefault("waiting", AnnouncementAction.REANNOUNCE)
    for language in probe.corrected:
        for version, _text in probe.announced_texts(language):
            for field in probe.bound(announced_prefix(version), language):
                filled.setdefault(field.html_name, field.field.initial)
    return filled


def _shown(form: CorrectForm, language: str) -> dict:
    return {
        "language": language,
        "name": language_title(language),
        "is_corrected": language in form.corrected,
        "is_incomplete": language in form.incomplete,
        "fields": form.bound(IN_FORCE, language),
        "questions": form.questions(language),
        "announced": [
            (version, form.bound(announced_prefix(version), language))
            for version, _text in (form.announced_texts(language) if language in form.corrected else ())
        ],
    }


def _corrected(form: CorrectForm):
    """Return the version, or None where the form now says what is in the way."""
    answers, around = form.cleaned_data, form.around
    try:
        return correct(
            around.page,
            form.texts(),
            by=around.actor,
            now=around.at,
            significance=form.answers("significance"),
            notes=form.answers("note"),
            announcement_action=AnnouncementAction(answers["waiting"]) if answers.get("waiting") else None,
            announced=form.announced(),
            binding_language=around.in_force.binding_language,
            expected_record=answers["record"],
        )
    except ValidationError as error:
        for name, errors in error.error_dict.items():
            candidates = (name, f"{IN_FORCE}_{name}", name.replace("text_", f"{IN_FORCE}_body_", 1))
            form.add_error(next((one for one in candidates if one in form.fields), None), errors)
    except PermissionDenied as denied:
        form.add_error(None, str(denied))
    except (PublicationConflict, NothingInForce, SupersedesAnnouncement):
        form.say_meanwhile(around.page)
    return None


VIEWS = (PageView("correct/", "correct", correct_view, can_publish),)

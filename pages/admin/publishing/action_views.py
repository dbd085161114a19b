"""The pages of operations that need only a small form: withdraw, bring back, move, confirm, and announcements."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.admin.page_views import PageView, render_page_view
from pages.admin.permissions import actor_of, can_move, can_publish, can_withdraw
from pages.admin.publishing.action_forms import AnnouncementForm, ConfirmForm, MoveForm, WithdrawForm
from pages.admin.publishing.page_action_form import PageActionForm
from pages.admin.publishing.publish_form import LOCAL_DATETIME_FORMAT
from pages.history.translation_basis import status_with_basis
from pages.languages import name_in_sentence
from pages.models import Page
from pages.publishing.actors import Actor
from pages.publishing.announcements import NotCancellable, announce_again, cancel
from pages.publishing.page_events import NotConfirmable, NotWithdrawable, bring_back, confirm, withdraw
from pages.publishing.page_tree import move
from pages.publishing.records import PublicationConflict, last_record_number
from pages.publishing.version_writer import base_version, version_texts

NOT_POSSIBLE = gettext_lazy("This is not possible in the page's current state. See its history.")
REFUSALS = (ValidationError, PermissionDenied, PublicationConflict, NotWithdrawable, NotConfirmable, NotCancellable)


def withdraw_view(model_admin, request, page: Page):
    form = WithdrawForm(_form_data(request), page=page, initial={"record": last_record_number(page)})

    def operation(**options):
        return withdraw(page, reasons=form.reasons(), **options)

    context = {
        "title": _("Withdraw %(page)s") % {"page": page},
        "explanation": _(
            "Readers see that the page is withdrawn, and why. Its history and all versions stay readable. It "
            "is removed from lists, the sitemap and the feed. You can bring it back at any time."
        ),
        "button": _("Withdraw"),
        "done": _("%(page)s is withdrawn.") % {"page": page},
        "is_possible": Page.objects.public(timezone.now()).filter(pk=page.pk).exists(),
    }
    return _handle(model_admin, request, page, form, operation, **context)


def bring_back_view(model_admin, request, page: Page):
    withdrawal = page.records.active_withdrawals(timezone.now()).first()
    form = PageActionForm(_form_data(request), initial={"record": last_record_number(page)})

    def operation(**options):
        return bring_back(page, **options)

    context = {
        "title": _("Bring %(page)s back") % {"page": page},
        "explanation": _("Readers see the version in force again, and the page returns to all lists."),
        "button": _("Bring back"),
        "done": _("%(page)s is brought back.") % {"page": page},
        "is_possible": withdrawal is not None,
        "reasons": withdrawal.reasons if withdrawal else {},
    }
    return _handle(model_admin, request, page, form, operation, **context)


def move_view(model_admin, request, page: Page):
    initial = {"record": last_record_number(page), "parent": page.parent_id, "slug": page.slug, "path": page.path}
    form = MoveForm(_form_data(request), page=page, initial=initial)

    def operation(**options):
        # An unpublished page has no records, so that a move by somebody else shows only in the path.
        if form.cleaned_data["path"] != page.path:
            raise PublicationConflict
        return move(page, slug=form.cleaned_data["slug"], parent=form.cleaned_data["parent"], **options)

    below = Page.objects.filter(path__startswith=f"{page.path}/").count()
    context = {
        "title": _("Move %(page)s") % {"page": page},
        "explanation": _(
            "Old addresses keep working: readers are redirected to the new ones. Pages below this one move "
            "with it (pages: %(number)d)."
        )
        % {"number": below},
        "button": _("Move"),
        "done": _("The page has moved."),
        "is_possible": bool(page.path),
    }
    return _handle(model_admin, request, page, form, operation, **context)


def confirm_view(model_admin, request, page: Page, language: str):
    """Confirm that a translation matches the source text of a version, without changing it."""
    now = timezone.now()
    version = page.versions.in_force(now).first() or base_version(page, now)
    texts = version_texts(version)
    if language not in texts or language == page.source_language or page.source_language not in texts:
        raise Http404
    status, reflected = status_with_basis(page, version, texts[language], texts, now)
    numbers = _confirmable_numbers(page, version, reflected, now)
    form = ConfirmForm(
        _form_data(request),
        numbers=numbers,
        initial={"record": last_record_number(page), "reflects": version.number},
    )
    context = {
        "title": _("Confirm the translation: %(language)s") % {"language": name_in_sentence(language)},
        "explanation": _(
            "The text is not changed. Readers see that it matches the source text, and the publication log "
            "records who confirmed it."
        ),
        "button": _("Confirm"),
        "done": _("The translation is confirmed: %(language)s.") % {"language": name_in_sentence(language)},
        "is_possible": bool(numbers),
        "translation_status": status,
        "reflected": reflected,
        "confirmed_language": language,
        "version": version,
    }

    def operation(**options):
        return confirm(version, language, form.cleaned_data["reflects"], **options)

    return _handle(model_admin, request, page, form, operation, **context)


def announcement_view(model_admin, request, page: Page, number: int):
    """Cancel an announced version, or announce it again for another time."""
    version = get_object_or_404(page.versions.published(timezone.now()), number=number)
    effective_at = timezone.localtime(version.effective_at).strftime(LOCAL_DATETIME_FORMAT)
    form = AnnouncementForm(
        _form_data(request), initial={"record": last_record_number(page), "effective_at": effective_at}
    )

    def operation(**options):
        if "_cancel" in request.POST:
            return cancel(version, **options)
        effective_at = form.cleaned_data["effective_at"]
        if effective_at is None:
            raise ValidationError({"effective_at": _("Choose when it comes into force.")})
        return announce_again(version, effective_at=effective_at, **options)

    base = base_version(page, timezone.now())
    context = {
        "title": _("Announced version %(number)d") % {"number": number},
        "explanation": _(
            "If you announce it again, its texts become a new version for the time that you choose. If you "
            "cancel it, it stays readable and is marked as never in force."
        ),
        "button": _("Announce again"),
        "second_button": ("_cancel", _("Cancel the announcement")),
        "done": _("The announcement is cancelled.")
        if "_cancel" in request.POST
        else _("The version is announced again."),
        "is_possible": base is not None and base.pk == version.pk and version.effective_at > timezone.now(),
    }
    return _handle(model_admin, request, page, form, operation, **context)


def _form_data(request):
    # Not `request.POST or None`: a form that was submitted empty must be validated, not shown as new.
    return request.POST if request.method == "POST" else None


def _confirmable_numbers(page: Page, version, reflected: int | None, now) -> list[int]:
    """Return the numbers of the versions that the translation may be confirmed to match, newest first, at most 50."""
    versions = page.versions.not_cancelled(now).filter(number__lte=version.number, texts__language=page.source_language)
    numbers = versions.order_by("-number").values_list("number", flat=True)
    # A page with an imported history can have thousands of versions.
    return [number for number in numbers[:50] if number > (reflected or 0)]


def _handle(model_admin, request, page: Page, form, operation: Callable, *, done: str, is_possible: bool, **context):
    """Show the form, or run the operation and redirect to the page with the message `done`.

    The operation is called with `by`, `now` and `expected_record`; it reads the answers from the form.
    """
    has_conflict = form.detect_conflict(page)
    if form.is_valid() and not has_conflict and _run(operation, form, page, actor_of(request.user)):
        model_admin.log_change(request, page, done)
        messages.success(request, done)
        return HttpResponseRedirect(reverse("admin:pages_page_change", args=[page.pk]))
    # After a POST the form is always shown, because it holds the error of the operation.
    template_context = {"form": form, "is_possible": is_possible or request.method == "POST", **context}
    template, status = "admin/pages/page/action.html", 400 if form.errors else 200
    return render_page_view(model_admin, request, page, template, status=status, **template_context)


def _run(operation: Callable, form, page: Page, by: Actor) -> bool:
    """Return whether the operation succeeded; if it refused, add the reason to the form."""
    try:
        operation(by=by, now=timezone.now(), expected_record=form.cleaned_data["record"])
    except REFUSALS as refusal:
        _add_errors(form, page, refusal)
        return False
    return True


def _add_errors(form, page: Page, refusal: Exception) -> None:
    if isinstance(refusal, ValidationError):
        for name, errors in refusal.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    elif isinstance(refusal, PermissionDenied):
        form.add_error(None, str(refusal))
    elif isinstance(refusal, PublicationConflict):
        form.add_conflict_error(page, path=page.path)
    else:
        form.add_error(None, NOT_POSSIBLE)


VIEWS = (
    PageView("withdraw/", "withdraw", withdraw_view, can_withdraw),
    PageView("bring-back/", "bring_back", bring_back_view, can_withdraw),
    PageView("move/", "move", move_view, can_move),
    PageView("confirm/<str:language>/", "confirm", confirm_view, can_publish),
    PageView("announcement/<int:number>/", "announcement", announcement_view, can_publish),
)

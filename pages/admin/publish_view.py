"""The publish page: what goes out, the question, and the verb."""

from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.admin.language_tabs import served_languages
from pages.admin.page_views import PageView, framed
from pages.admin.publish_form import ChangedText, PublishForm
from pages.admin.rights import actor_of, may_publish
from pages.models import Page, Revision
from pages.models.page import text_field
from pages.publishing.actors import Actor
from pages.publishing.announcements import AnnouncementWaits, Waiting
from pages.publishing.issuing import standing_base, texts_of
from pages.publishing.pictures import known_pictures, pictures_of
from pages.publishing.records import PublishedMeanwhile
from pages.publishing.version_plan import Choice, is_changed, shows_the_same
from pages.publishing.versions import announce, publish
from pages.text import source
from pages.text.typed_dates import typed_dates

CHANGED_MEANWHILE = gettext_lazy(
    "Somebody saved or published this page after you opened this form: look at the texts below again, then publish."
)


def publish_view(model_admin, request, page: Page):
    """Ask what has to be asked, and publish."""
    now, by = timezone.now(), actor_of(request.user)
    base = standing_base(page, now)
    changed = changed_texts(page, texts_of(base), now)
    form = _form(request, page, base, changed, now)
    if request.method == "POST" and form.is_valid():
        version = _publish(form, page, request, by=by, now=now)
        if version is not None:
            model_admin.log_published(request, page, version)
            return HttpResponseRedirect(reverse("admin:pages_page_change", args=[page.pk]))
    context = {
        "title": _("Publish %(page)s") % {"page": page},
        "form": form,
        "tabs": [(text, form.of_language(text.language)) for text in changed],
        "base": base,
    }
    return framed(model_admin, request, page, "admin/pages/page/publish.html", **context)


def changed_texts(page: Page, published, now) -> list[ChangedText]:
    """Return the languages whose working copy differs from what was last published, the source language first."""
    pictures = known_pictures(page, now)
    heads = [head for head in page.revisions.working().order_by("language") if not head.is_empty]
    found = [_changed_text(page, head, published, pictures) for head in heads]
    return sorted((text for text in found if text), key=lambda text: (not text.is_source, text.language))


def _changed_text(page: Page, head: Revision, texts, pictures) -> ChangedText | None:
    published = texts.get(head.language)
    body = source.body_of(bytes(head.source))
    shown = pictures_of(body, pictures)
    choice = Choice(head, pictures=shown)
    if not is_changed(published, choice):
        return None
    is_same = published is not None and shows_the_same(published, choice)
    return ChangedText(
        language=head.language,
        revision=head,
        published=published,
        pictures=shown,
        is_source=head.language == page.source_language,
        is_in_first_version=not texts,
        shows_the_same=is_same,
        typed_dates=typed_dates(body),
    )


def _form(request, page: Page, base, changed, now) -> PublishForm:
    options = {
        "changed": changed,
        "languages": sorted({*served_languages(), *texts_of(base)}),
        "has_waiting": page.versions.upcoming(now).exists(),
    }
    if request.method == "POST":
        return PublishForm(request.POST, **options)
    initial = {"base": base.number if base else 0, "binding_language": (base and base.binding_language) or ""}
    initial |= {text_field("revision", text.language): text.revision.pk for text in changed}
    return PublishForm(initial=initial, **options)


def _publish(form: PublishForm, page: Page, request, *, by: Actor, now):
    """Return the version, or None where the form now says what is in the way."""
    answers = form.cleaned_data
    looked_at = [answers[text_field("revision", text.language)] == text.revision.pk for text in form.changed]
    try:
        if not all(looked_at):
            raise PublishedMeanwhile
        later = {"effective_at": answers["effective_at"]} if answers["effective_at"] else {}
        verb = announce if later else publish
        return verb(
            page,
            form.choices(),
            by=by,
            now=now,
            notes=form.notes(),
            binding_language=answers["binding_language"] or None,
            waiting=Waiting(answers["waiting"]) if answers.get("waiting") else None,
            expected_base=answers["base"],
            **later,
        )
    except ValidationError as error:
        for name, errors in error.error_dict.items():
            form.add_error(_field_for(form, name), errors)
    except AnnouncementWaits:
        form.add_error(None, _("An announced version waits: say below what becomes of it."))
    except PublishedMeanwhile:
        form.add_error(None, CHANGED_MEANWHILE)
        _look_again(form, page, request, now)
    return None


def _field_for(form: PublishForm, name: str) -> str | None:
    """Return the field that an error of the verb belongs to: some are asked once for all languages."""
    candidates = (name, name.replace("text_", "include_", 1), name.partition("_")[0])
    return next((candidate for candidate in candidates if candidate in form.fields), None)


def _look_again(form: PublishForm, page: Page, request, now) -> None:
    """Let the shown form speak of what is there now, the answers kept."""
    base = standing_base(page, now)
    form.data = request.POST.copy()
    form.data["base"] = str(base.number if base else 0)
    for text in form.changed:
        form.data[text_field("revision", text.language)] = str(text.revision.pk)


VIEWS = (PageView("publish/", "publish", publish_view, may_publish),)

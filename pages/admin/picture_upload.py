"""Uploading pictures: as JSON for the editors' script, and as a plain page that answers with the Markdown to copy.

Readers get a picture at `/media/` once a version has it; until then editors see it here, so drafts appear at no door.
"""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import decorator_from_middleware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from pages.admin.permissions import actor_of, can_view
from pages.models import Picture
from pages.models.picture import CONTENT_TYPES
from pages.publishing.picture_encoding import MAX_BYTES
from pages.publishing.pictures import ADD_PICTURE, upload_picture
from pages.text.pictures import format_picture

# What a form has besides its file.
_OTHER_BYTES = 64 * 1024
_OF_READERS = re.compile(r'(?<= src=")/media/([0-9a-f]{64})(?=")')
LOGGED_OUT = gettext_lazy("You are logged out. Log in again in another tab; what you wrote stays here. Then try again.")
FORBIDDEN = gettext_lazy("You may not upload pictures.")
FORGED = gettext_lazy("Your browser did not prove that this came from you. Try again.")


class PictureForm(forms.Form):
    """A file, and what it says to those who cannot see it."""

    picture = forms.FileField(
        label=gettext_lazy("Picture"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )
    alternative = forms.CharField(
        label=gettext_lazy("Alternative text"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("What the picture says, for those who cannot see it."),
        widget=forms.TextInput(attrs={"size": 60}),
    )
    decorative = forms.BooleanField(
        label=gettext_lazy("Decoration: it says nothing that the text does not say"), required=False
    )

    def clean(self):
        """Insist on a text, unless the picture needs none."""
        cleaned = super().clean()
        if not cleaned.get("alternative") and not cleaned.get("decorative") and "alternative" not in self.errors:
            self.add_error("alternative", _("Say what the picture shows, or that it is decoration."))
        return cleaned


class _SpokenCsrf(CsrfViewMiddleware):
    """Refuses in words; a login in another tab changes the token, so the script gets the new one to try again."""

    def _reject(self, request, reason):
        return _refused(request, [FORGED], 403, form=PictureForm(), token=get_token(request))


def upload_view(model_admin):
    """Return the view. Who may not upload is told so before a byte of the file is read, and never sent elsewhere."""

    @csrf_exempt
    def upload(request):
        if request.method != "POST":
            return model_admin.admin_site.admin_view(_form_page(model_admin))(request)
        request.model_admin = model_admin
        if not (request.user.is_active and request.user.is_staff):
            response = _refused(request, [LOGGED_OUT], 403)
        elif not actor_of(request.user).may(ADD_PICTURE):
            response = _refused(request, [FORBIDDEN], 403)
        elif _length(request) > MAX_BYTES + _OTHER_BYTES:
            text = _("The file is too large: a picture may have %(limit)d MB.") % {"limit": MAX_BYTES // 1024**2}
            response = _refused(request, [text], 413, form=PictureForm())
        else:
            response = _uploaded(request)
        add_never_cache_headers(response)
        return response

    return upload


@decorator_from_middleware(_SpokenCsrf)
def _uploaded(request):
    form = PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return _refused(request, [error for errors in form.errors.values() for error in errors], 400, form=form)
    answers = form.cleaned_data
    try:
        now, actor = timezone.now(), actor_of(request.user)
        reference, encoded = upload_picture(answers["picture"].read(), by=actor, now=now)
    except ValidationError as error:
        form.add_error("picture", error)
        return _refused(request, error.messages, 400, form=form)
    markdown = format_picture(reference, "" if answers["decorative"] else answers["alternative"])
    note = _("Of the animation, the first picture was kept.") if encoded.was_animated else ""
    if _wants_json(request):
        return JsonResponse({"markdown": markdown, "note": note}, status=201)
    shown = {"markdown": markdown, "note": note, "address": address_for_editors(reference[-64:]), "form": PictureForm()}
    return _page(request, shown, 201)


def _form_page(model_admin):
    def form_page(request):
        request.model_admin = model_admin
        if not actor_of(request.user).may(ADD_PICTURE):
            return _refused(request, [FORBIDDEN], 403)
        return _page(request, {"form": PictureForm()}, 200)

    return form_page


def _refused(request, sentences, status: int, *, form: PictureForm | None = None, token: str = "") -> HttpResponse:
    if _wants_json(request):
        return JsonResponse(
            {"error": " ".join(map(str, sentences)), **({"token": token} if token else {})}, status=status
        )
    return _page(request, {"form": form, "sentences": sentences}, status)


def _page(request, shown: dict, status: int) -> HttpResponse:
    model_admin = request.model_admin
    frame = {
        **model_admin.admin_site.each_context(request),
        "title": _("Upload a picture"),
        "opts": model_admin.opts,
        "limit": MAX_BYTES // 1024**2,
    }
    return TemplateResponse(request, "admin/pages/page/picture.html", {**frame, **shown}, status=status).render()


def _wants_json(request) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _length(request) -> int:
    length = request.headers.get("Content-Length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


def picture_for_editors(request, digest):
    """Answer with a picture that readers need not have yet."""
    if not can_view(actor_of(request.user)):
        return HttpResponse(FORBIDDEN, status=403)
    row = get_object_or_404(Picture, digest=digest)
    response = HttpResponse(bytes(row.content), content_type=CONTENT_TYPES[row.extension])
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    # An imported SVG that is opened by itself must not run what it contains.
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def address_for_editors(digest: str) -> str:
    """Return where editors see a picture."""
    return reverse("admin:pages_page_picture_shown", args=[digest])


def with_pictures_for_editors(html: str) -> str:
    """Return HTML that shows each picture at the editors' address: readers need not have it yet."""
    return _OF_READERS.sub(lambda found: address_for_editors(found[1]), html)


def use_editor_picture_urls(response: HttpResponse) -> None:
    """Let a page of the admin show each picture at the editors' address."""
    if not response.streaming and response.headers.get("Content-Type", "").startswith("text/html"):
        response.content = with_pictures_for_editors(response.content.decode()).encode()


def patterns(model_admin):
    """Return the addresses of pictures in the admin."""
    shown = model_admin.admin_site.admin_view(picture_for_editors, cacheable=True)
    return [
        # Not wrapped: an upload must be answered with words, never with a login page.
        path("picture/", upload_view(model_admin), name="pages_page_picture"),
        path("picture/<str:digest>/", shown, name="pages_page_picture_shown"),
    ]

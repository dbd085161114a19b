"""Uploads of pictures, and their URLs for editors.

The editor's script gets JSON; without script, a form answers with the Markdown to copy. A picture appears at the public
URL `/media/DIGEST` only when a version contains it. Until then editors see it at an admin URL, so that no public
endpoint shows a part of a draft.
"""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import decorator_from_middleware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from pages.admin.permissions import VIEW, actor_of
from pages.admin.refused_saves import wants_json
from pages.models import Page, Picture
from pages.models.picture import CONTENT_TYPES
from pages.publishing.pictures.encoding import MAX_BYTES
from pages.publishing.pictures.storage import ADD_PICTURE, upload_picture
from pages.text.pictures import format_picture

# Allowance for the multipart form's other fields and headers, in bytes.
_FORM_OVERHEAD = 64 * 1024
FORBIDDEN = gettext_lazy("You do not have permission to upload pictures.")


class PictureForm(forms.Form):
    picture = forms.FileField(
        label=gettext_lazy("Picture"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )
    alternative = forms.CharField(
        label=gettext_lazy("Alternative text"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("A description of the picture for people who cannot see it."),
        widget=forms.TextInput(attrs={"size": 60}),
    )
    decorative = forms.BooleanField(label=gettext_lazy("Decoration: it adds nothing to the text"), required=False)

    def clean(self):
        """Require an alternative text, unless the picture is decoration."""
        cleaned = super().clean()
        if not cleaned.get("alternative") and not cleaned.get("decorative") and "alternative" not in self.errors:
            self.add_error("alternative", _("Describe what the picture shows, or mark it as decoration."))
        return cleaned


class _TranslatedCsrfMiddleware(CsrfViewMiddleware):
    """Answer a failed CSRF check in the editor's language, and with a new token.

    A login in another tab rotates the token; the script repeats the upload with the new one.
    """

    def _reject(self, request, reason):
        errors = [_("The request could not be verified. Try again.")]
        return _error_response(request, errors, 403, form=PictureForm(), token=get_token(request))


# Exempt, because Django's own check reads the body for the token. `_process_upload` checks it after the rest.
@csrf_exempt
@never_cache
def upload_view(request):
    """Show the upload form or store a picture. An upload is never redirected to the login: the script cannot follow.

    Permission and size are checked before the request body is read.
    """
    if request.method != "POST":
        return admin.site.admin_view(_show_upload_form)(request)
    if not (request.user.is_active and request.user.is_staff):
        text = _("You are logged out. Log in again in another tab; your input stays here. Then try again.")
        return _error_response(request, [text], 403)
    if not actor_of(request.user).has_perm(ADD_PICTURE):
        return _error_response(request, [FORBIDDEN], 403)
    if _content_length(request) > MAX_BYTES + _FORM_OVERHEAD:
        text = _("The file is too large: a picture may have at most %(limit)d MB.") % {"limit": MAX_BYTES // 1024**2}
        return _error_response(request, [text], 413, form=PictureForm())
    return _process_upload(request)


@decorator_from_middleware(_TranslatedCsrfMiddleware)
def _process_upload(request):
    form = PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return _error_response(request, [error for errors in form.errors.values() for error in errors], 400, form=form)
    cleaned = form.cleaned_data
    try:
        now, actor = timezone.now(), actor_of(request.user)
        reference, encoded = upload_picture(cleaned["picture"].read(), by=actor, now=now)
    except ValidationError as error:
        form.add_error("picture", error)
        return _error_response(request, error.messages, 400, form=form)
    markdown = format_picture(reference, "" if cleaned["decorative"] else cleaned["alternative"])
    note = _("Only the first frame of the animation was kept.") if encoded.was_animated else ""
    if wants_json(request):
        return JsonResponse({"markdown": markdown, "note": note}, status=201)
    # The reference ends with the SHA-256 digest in hex.
    picture_url = reverse("admin:pages_page_picture_shown", args=[reference[-64:]])
    context = {"markdown": markdown, "note": note, "picture_url": picture_url, "form": PictureForm()}
    return _page_response(request, context, 201)


def _show_upload_form(request):
    if not actor_of(request.user).has_perm(ADD_PICTURE):
        return _error_response(request, [FORBIDDEN], 403)
    return _page_response(request, {"form": PictureForm()}, 200)


def _error_response(request, errors, status: int, *, form: PictureForm | None = None, token: str = "") -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"error": " ".join(map(str, errors)), **({"token": token} if token else {})}, status=status)
    return _page_response(request, {"form": form, "upload_errors": errors}, status)


def _page_response(request, context: dict, status: int) -> HttpResponse:
    shared_context = {
        **admin.site.each_context(request),
        "title": _("Upload a picture"),
        "opts": Page._meta,
        "limit": MAX_BYTES // 1024**2,
    }
    return render(request, "admin/pages/page/picture.html", {**shared_context, **context}, status=status)


def _content_length(request) -> int:
    # A chunked request has no length; the size of its picture is checked after reading, by `upload_picture`.
    length = request.headers.get("Content-Length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


def picture_for_editors(request, digest):
    """Serve a picture to editors, whether or not a version contains it."""
    if not actor_of(request.user).has_perm(VIEW):
        return HttpResponse(FORBIDDEN, status=403)
    picture = get_object_or_404(Picture.objects.exclude(blob__content=None), pk=digest)
    response = HttpResponse(picture.content, content_type=CONTENT_TYPES[picture.extension])
    # The URL names the content by its digest, so it never changes.
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    # An imported SVG can contain scripts, which would run if it is opened as a document.
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


PICTURE_URLS = [
    # Not wrapped in `admin_view`, which would redirect the script's upload to the login page.
    path("picture/", upload_view, name="pages_page_picture"),
    path(
        "picture/<str:digest>/",
        admin.site.admin_view(picture_for_editors, cacheable=True),
        name="pages_page_picture_shown",
    ),
]

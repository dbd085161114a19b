"""Picture uploads: permissions, errors, and who sees a picture before and after a version contains it."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from pages.models import Picture, VersionText
from pages.models.permissions import EDITORS, PUBLISHERS, REVIEWERS, translators_group
from pages.publishing.pictures.encoding import MAX_BYTES
from tests.building import make_page, publish_bodies, save_bodies
from tests.pages.admin.clients import change_url, form_values

pytestmark = pytest.mark.django_db
UPLOAD_URL = "/admin/pages/page/picture/"


def png(colour="red") -> bytes:
    file = BytesIO()
    Image.new("RGB", (8, 4), colour).save(file, "PNG")
    return file.getvalue()


def upload(client, content: bytes = b"", *, name="a.png", accepts_json=True, **posted):
    file = SimpleUploadedFile(name, content or png(), content_type="image/gif")
    headers = {"accept": "application/json"} if accepts_json else {"accept": "text/html"}
    return client.post(UPLOAD_URL, {"picture": file, "alternative": "A red bar", **posted}, headers=headers)


def publish_through_the_form(client, page, body: str, day: int) -> None:
    """Save a text and publish it with the publish form, as a major change with a note."""
    save_bodies(page, timezone.now() - timedelta(days=day), en=body)
    publish_url = reverse("admin:pages_page_publish", args=[page.pk])
    form = client.get(publish_url).context["form"]
    posted = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    response = client.post(publish_url, {**posted, "significance": "major", "note_en": "What changed."})
    assert response.status_code == 302, response.context["form"].errors


def digest_in(response) -> str:
    return re.search(r"/media/([0-9a-f]{64})", response.json()["markdown"])[1]


def logged_in(group: str) -> Client:
    user = User.objects.create_user("someone", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


def test_upload_returns_markdown(admin_client):
    response = upload(admin_client)
    digest = Picture.objects.get().pk
    assert (response.status_code, response.json()["markdown"]) == (201, f"![A red bar](/media/{digest})")
    assert "no-store" in response["Cache-Control"]


def test_decoration_has_an_empty_alternative_text(admin_client):
    assert upload(admin_client, decorative="on").json()["markdown"].startswith("![](/media/")


def test_picture_needs_an_alternative_text_or_is_decoration(admin_client):
    response = upload(admin_client, alternative="  ")
    assert response.status_code == 400
    assert response.json()["error"] == "Describe what the picture shows, or mark it as decoration."
    assert not Picture.objects.exists()


def test_animation_is_reduced_to_one_picture_with_a_note(admin_client):
    file = BytesIO()
    images = [Image.new("RGB", (8, 4), colour) for colour in ("red", "blue")]
    images[0].save(file, "GIF", save_all=True, append_images=images[1:])
    assert upload(admin_client, file.getvalue()).json()["note"] == "Only the first frame of the animation was kept."


@pytest.mark.parametrize("group", [EDITORS, PUBLISHERS, translators_group("ru")])
def test_groups_that_write_may_upload(group):
    assert upload(logged_in(group)).status_code == 201


@pytest.mark.parametrize("accepts_json", [True, False])
def test_reviewer_may_not_upload(accepts_json):
    response = upload(logged_in(REVIEWERS), accepts_json=accepts_json)
    assert response.status_code == 403
    assert "You do not have permission to upload pictures." in response.content.decode()
    assert not Picture.objects.exists()


@pytest.mark.parametrize("accepts_json", [True, False])
def test_logged_out_upload_is_refused_without_a_redirect(client, accepts_json):
    response = upload(client, accepts_json=accepts_json)
    assert response.status_code == 403
    assert "You are logged out." in response.content.decode()


def test_user_who_is_not_staff_may_not_upload():
    client = Client()
    user = User.objects.create_user("reader")
    user.user_permissions.add(Permission.objects.get(codename="add_picture"))
    client.force_login(user)
    assert upload(client).status_code == 403


def test_upload_with_a_wrong_csrf_token_returns_a_new_one(admin_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    client.get(UPLOAD_URL)
    response = upload(client, csrfmiddlewaretoken="0" * 64)
    assert (response.status_code, Picture.objects.count()) == (403, 0)
    assert upload(client, csrfmiddlewaretoken=response.json()["token"]).status_code == 201


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<svg/>", "This file cannot be used as a picture: use PNG, JPEG, WebP or GIF."),
        (b"GIF89a<script>alert(1)</script>", "This file cannot be used as a picture: use PNG, JPEG, WebP or GIF."),
        (png()[:50], "The file is damaged or incomplete."),
    ],
)
def test_unsupported_and_damaged_files_get_an_error_message(admin_client, content, message):
    response = upload(admin_client, content, name="photo.jpg")
    assert (response.status_code, response.json()["error"]) == (400, message)
    assert message in upload(admin_client, content, accepts_json=False).content.decode()


def test_too_large_upload_is_refused_before_it_is_read(admin_client):
    response = upload(admin_client, b"\0" * 30 * 1024 * 1024)
    assert response.status_code == 413
    assert response.json()["error"] == "The file is too large: a picture may have at most 10 MB."
    assert not response.wsgi_request._read_started


def test_script_gets_the_size_limit(admin_client):
    page = make_page()
    html = admin_client.get(reverse("admin:pages_page_change", args=[page.pk])).content.decode()
    assert f'data-limit="{MAX_BYTES}"' in html


def test_upload_form_without_script_shows_the_markdown(admin_client):
    html = admin_client.get(UPLOAD_URL).content.decode()
    assert 'enctype="multipart/form-data"' in html
    html = upload(admin_client, accepts_json=False).content.decode()
    assert f"![A red bar](/media/{Picture.objects.get().pk})" in html


def test_upload_form_requires_login_and_permission(client):
    assert client.get(UPLOAD_URL)["Location"] == f"/admin/login/?next={UPLOAD_URL}"
    response = logged_in(REVIEWERS).get(UPLOAD_URL)
    assert (response.status_code, "multipart" in response.content.decode()) == (403, False)


def test_picture_is_public_once_a_version_contains_it(admin_client, client):
    digest = digest_in(upload(admin_client))
    editor_url = reverse("admin:pages_page_picture_shown", args=[digest])
    page = make_page()
    save_bodies(page, timezone.now() - timedelta(days=2), en=f"![A](/media/{digest})")
    assert client.get(f"/media/{digest}").status_code == 404
    assert client.get(editor_url).status_code == 302
    assert admin_client.get(editor_url)["Content-Type"] == "image/png"
    publish_through_the_form(admin_client, page, f"![A](/media/{digest}) now.", 1)
    assert client.get(f"/media/{digest}").status_code == 200


def test_picture_of_an_old_version_stays_public_and_history_verifies(admin_client, client, capsys):
    page, digest = make_page(), digest_in(upload(admin_client))
    publish_through_the_form(admin_client, page, f"![A](/media/{digest})", 2)
    publish_through_the_form(admin_client, page, "Without.", 1)
    pictures = VersionText.objects.order_by("pk").values_list("pictures", flat=True)
    assert list(pictures) == [{f"/media/{digest}": digest}, {}]
    for path in ("v/1/", "compare/1...2/"):
        assert f'src="/media/{digest}"' in client.get(f"/privacy-policy/{path}").content.decode()
    assert client.get(f"/media/{digest}").status_code == 200
    call_command("verify_history")
    assert "The history is valid" in capsys.readouterr().out


def editor_src(digest: str) -> str:
    return f'src="/admin/pages/page/picture/{digest}/"'


def test_live_preview_shows_an_uploaded_picture(admin_client):
    page, digest = make_page(), digest_in(upload(admin_client))
    content = {"content": f"![A](/media/{digest})"}
    response = admin_client.post(f"/admin/pages/page/preview/?page={page.pk}", content)
    assert editor_src(digest) in response.content.decode()


@pytest.mark.parametrize(
    ("view", "arguments"),
    [
        ("publish", ()),
        ("draft_preview", ("en",)),
        ("text", ("en", "draft")),
        ("compare", ("en", "live", "draft")),
        ("translation_source", ("ru",)),
    ],
)
def test_editors_see_pictures_of_a_draft(admin_client, view, arguments):
    page, digest = make_page(), digest_in(upload(admin_client))
    now = timezone.now()
    publish_bodies(page, {"en": "Published."}, now)
    save_bodies(page, now, en=f"![A](/media/{digest})")
    url = reverse(f"admin:pages_page_{view}", args=[page.pk, *arguments])
    html = admin_client.get(url, {"draft": ""}).content.decode()
    assert editor_src(digest) in html
    assert f'src="/media/{digest}"' not in html


def test_reviewers_see_pictures_of_a_draft(admin_client):
    page, digest = make_page(), digest_in(upload(admin_client))
    save_bodies(page, timezone.now(), en=f"![A](/media/{digest})")
    response = logged_in(REVIEWERS).get(reverse("admin:pages_page_change", args=[page.pk]))
    assert editor_src(digest) in response.content.decode()


def test_edit_conflict_shows_pictures_of_both_texts(admin_client):
    page, digest = make_page(), digest_in(upload(admin_client))
    save_bodies(page, timezone.now(), en="One.")
    posted = form_values(admin_client, change_url(page)) | {"body_en": f"![Mine](/media/{digest})"}
    save_bodies(page, timezone.now(), en=f"![Theirs](/media/{digest})")
    html = admin_client.post(change_url(page), posted).content.decode()
    assert html.count(editor_src(digest)) >= 2
    assert f'src="/media/{digest}"' not in html


def test_picture_of_the_text_in_force_is_the_same_in_the_draft(admin_client):
    page, digest = make_page(), digest_in(upload(admin_client))
    publish_through_the_form(admin_client, page, f"![A](/media/{digest})", 1)
    save_bodies(page, timezone.now(), en=f"![A](/media/{digest})\n\nMore.")
    response = admin_client.get(reverse("admin:pages_page_publish", args=[page.pk]))
    (text,) = response.context["form"].changed_texts
    assert dict(text.comparison.comparison.counts) == {"addition": 1}


def test_publish_page_names_a_picture_by_its_address_in_the_text(admin_client):
    page, digest = make_page(), digest_in(upload(admin_client))
    save_bodies(page, timezone.now(), en=f"![](/media/{digest})")
    html = admin_client.get(reverse("admin:pages_page_publish", args=[page.pk])).content.decode()
    assert f"A picture has no alternative text: /media/{digest}." in html


def test_unknown_picture_is_not_found(admin_client):
    assert admin_client.get(reverse("admin:pages_page_picture_shown", args=["0" * 64])).status_code == 404

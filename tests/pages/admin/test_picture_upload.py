"""Uploading pictures: who may, what is said when it fails, and who sees a picture before and after it is published."""

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
from tests.building import make_page, save_bodies

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/pages/page/picture/"


def png(colour="red") -> bytes:
    file = BytesIO()
    Image.new("RGB", (8, 4), colour).save(file, "PNG")
    return file.getvalue()


def upload(client, content: bytes = b"", *, name="a.png", script=True, **posted):
    file = SimpleUploadedFile(name, content or png(), content_type="image/gif")
    headers = {"accept": "application/json"} if script else {"accept": "text/html"}
    return client.post(ADDRESS, {"picture": file, "alternative": "A red bar", **posted}, headers=headers)


def publish_in_the_admin(client, page, body: str, day: int) -> None:
    """Save a text and publish it as an editor does: by the form, with the answers it asks for."""
    save_bodies(page, timezone.now() - timedelta(days=day), en=body)
    address = reverse("admin:pages_page_publish", args=[page.pk])
    form = client.get(address).context["form"]
    posted = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    response = client.post(address, {**posted, "significance": "major", "note_en": "What changed."})
    assert response.status_code == 302, response.context["form"].errors


def digest_in(response) -> str:
    return re.search(r"/media/([0-9a-f]{64})", response.json()["markdown"])[1]


def logged_in(group: str) -> Client:
    user = User.objects.create_user("someone", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


def test_an_upload_answers_with_the_markdown(admin_client):
    response = upload(admin_client)
    digest = Picture.objects.get().digest
    assert (response.status_code, response.json()["markdown"]) == (201, f"![A red bar](/media/{digest})")
    assert "no-store" in response["Cache-Control"]


def test_decoration_has_no_words(admin_client):
    assert upload(admin_client, decorative="on").json()["markdown"].startswith("![](/media/")


def test_a_picture_that_says_nothing_has_to_be_called_decoration(admin_client):
    response = upload(admin_client, alternative="  ")
    assert response.status_code == 400
    assert response.json()["error"] == "Say what the picture shows, or that it is decoration."
    assert not Picture.objects.exists()


def test_of_an_animation_it_is_said_that_one_picture_was_kept(admin_client):
    file = BytesIO()
    images = [Image.new("RGB", (8, 4), colour) for colour in ("red", "blue")]
    images[0].save(file, "GIF", save_all=True, append_images=images[1:])
    assert upload(admin_client, file.getvalue()).json()["note"] == "Of the animation, the first picture was kept."


@pytest.mark.parametrize("group", [EDITORS, PUBLISHERS, translators_group("ru")])
def test_who_writes_may_upload(group):
    assert upload(logged_in(group)).status_code == 201


@pytest.mark.parametrize("script", [True, False])
def test_who_only_looks_is_told_so(script):
    response = upload(logged_in(REVIEWERS), script=script)
    assert response.status_code == 403
    assert "You may not upload pictures." in response.content.decode()
    assert not Picture.objects.exists()


@pytest.mark.parametrize("script", [True, False])
def test_a_stranger_is_told_and_never_sent_elsewhere(client, script):
    response = upload(client, script=script)
    assert response.status_code == 403
    assert "You are logged out." in response.content.decode()


def test_a_user_who_is_no_editor_is_a_stranger():
    client = Client()
    user = User.objects.create_user("reader")
    user.user_permissions.add(Permission.objects.get(codename="add_picture"))
    client.force_login(user)
    assert upload(client).status_code == 403


def test_a_forged_upload_is_refused_and_a_new_token_helps(admin_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    client.get(ADDRESS)
    response = upload(client, csrfmiddlewaretoken="0" * 64)
    assert (response.status_code, Picture.objects.count()) == (403, 0)
    assert upload(client, csrfmiddlewaretoken=response.json()["token"]).status_code == 201


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<svg/>", "This is not a picture that can be taken: PNG, JPEG, WebP and GIF can."),
        (b"GIF89a<script>alert(1)</script>", "This is not a picture that can be taken: PNG, JPEG, WebP and GIF can."),
        (png()[:50], "The file is damaged or not complete."),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words(admin_client, content, sentence):
    response = upload(admin_client, content, name="photo.jpg")
    assert (response.status_code, response.json()["error"]) == (400, sentence)
    assert sentence in upload(admin_client, content, script=False).content.decode()


def test_thirty_megabytes_are_refused_before_they_are_read(admin_client):
    response = upload(admin_client, b"\0" * 30 * 1024 * 1024)
    assert response.status_code == 413
    assert response.json()["error"] == "The file is too large: a picture may have 10 MB."
    assert not response.wsgi_request._read_started


def test_the_script_knows_the_limit(admin_client):
    page = make_page()
    html = admin_client.get(reverse("admin:pages_page_change", args=[page.pk])).content.decode()
    assert f'data-limit="{MAX_BYTES}"' in html


def test_without_script_a_page_gives_the_markdown_to_copy(admin_client):
    html = admin_client.get(ADDRESS).content.decode()
    assert 'enctype="multipart/form-data"' in html
    html = upload(admin_client, script=False).content.decode()
    assert f"![A red bar](/media/{Picture.objects.get().digest})" in html


def test_the_plain_page_asks_a_stranger_to_log_in_and_a_reviewer_to_leave(client):
    assert client.get(ADDRESS)["Location"] == f"/admin/login/?next={ADDRESS}"
    response = logged_in(REVIEWERS).get(ADDRESS)
    assert (response.status_code, "multipart" in response.content.decode()) == (403, False)


def test_readers_get_a_picture_once_a_version_has_it(admin_client, client):
    digest = digest_in(upload(admin_client))
    own = reverse("admin:pages_page_picture_shown", args=[digest])
    page = make_page()
    save_bodies(page, timezone.now() - timedelta(days=2), en=f"![A](/media/{digest})")
    assert client.get(f"/media/{digest}").status_code == 404
    assert client.get(own).status_code == 302
    assert admin_client.get(own)["Content-Type"] == "image/png"
    publish_in_the_admin(admin_client, page, f"![A](/media/{digest}) now.", 1)
    assert client.get(f"/media/{digest}").status_code == 200


def test_a_picture_stays_where_a_version_has_it_and_history_holds(admin_client, client, capsys):
    page, digest = make_page(), digest_in(upload(admin_client))
    publish_in_the_admin(admin_client, page, f"![A](/media/{digest})", 2)
    publish_in_the_admin(admin_client, page, "Without.", 1)
    kept = VersionText.objects.order_by("pk").values_list("pictures", flat=True)
    assert list(kept) == [{f"/media/{digest}": digest}, {}]
    for address in ("v/1/", "compare/1...2/"):
        assert f'src="/media/{digest}"' in client.get(f"/privacy-policy/{address}").content.decode()
    assert client.get(f"/media/{digest}").status_code == 200
    call_command("verify_history")
    assert "The history holds" in capsys.readouterr().out


def test_editors_see_a_picture_of_a_draft(admin_client):
    page, digest = make_page(), digest_in(upload(admin_client))
    own = f'src="/admin/pages/page/picture/{digest}/"'
    content = {"content": f"![A](/media/{digest})"}
    assert own in admin_client.post(f"/admin/pages/page/preview/?page={page.pk}", content).content.decode()
    save_bodies(page, timezone.now(), en=content["content"])
    assert own in admin_client.get(reverse("admin:pages_page_publish", args=[page.pk])).content.decode()


def test_a_picture_that_is_not_kept_is_not_shown(admin_client):
    assert admin_client.get(reverse("admin:pages_page_picture_shown", args=["0" * 64])).status_code == 404

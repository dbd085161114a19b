"""The logo: uploaded in the site settings, shown on every page, and public only while it is the logo."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from pages.baking.bake import bake
from pages.models import Picture, SiteSettings
from pages.publishing.pictures.encoding import encode_picture
from selfprivacy_site.wsgi_middleware.baked_manifest import PUBLIC

pytestmark = pytest.mark.django_db


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 88), *, noise: bool = False) -> bytes:
    image = Image.effect_noise(size, 200) if noise else Image.new("RGB", size, "navy")
    file = BytesIO()
    image.save(file, kind)
    # What follows the picture is not stored.
    return file.getvalue() + b"<script>alert(1)</script>"


def submit(admin_client, content: bytes | None = None, **fields):
    """Submit the form of the site settings as it is, with a file for the logo."""
    address = reverse("admin:pages_sitesettings_changelist")
    form = (shown := admin_client.get(address, follow=True)).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields if name not in {"logo_file", "removes_logo"}}
    data |= {"logo_file": SimpleUploadedFile("logo.png", content)} if content else {}
    return admin_client.post(shown.redirect_chain[-1][0], {**data, **fields})


def shown_logo(client, address: str = "/") -> str | None:
    match = re.search(r'<img class="site-logo"[^>]*>', client.get(address).content.decode())
    return match and match[0]


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_logo_is_reencoded_and_shown_on_every_page_with_the_name(client, admin_client, kind):
    SiteSettings(name_en="Ours & theirs", name_ru="Наши").save()
    assert shown_logo(client) is None
    assert submit(admin_client, picture(kind)).status_code == 302
    row = SiteSettings.objects.get()
    assert (row.name_en, row.logo_width, row.logo_height) == ("Ours & theirs", 150, 44)
    attributes = f'class="site-logo" src="/media/{row.logo_id}" width="150" height="44"'
    assert shown_logo(client) == f'<img {attributes} alt="Ours &amp; theirs">'
    assert shown_logo(client, "/ru/nowhere/") == f'<img {attributes} alt="Наши">'
    response = client.get(f"/media/{row.logo_id}")
    assert response.content == encode_picture(picture(kind)).content
    assert b"script" not in response.content
    assert "og:image" not in client.get("/").content.decode()


def test_small_logo_keeps_its_size(client, admin_client):
    submit(admin_client, picture(size=(20, 10)))
    assert ' width="20" height="10"' in shown_logo(client)
    # There is no name: the alternative text is that of the link.
    assert ' alt="Policies"' in shown_logo(client)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (picture("JPEG"), "Use PNG or WebP for a logo."),
        (picture(size=(400, 400), noise=True), "KB; the maximum is 20 KB, because every page shows it."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This file cannot be used as a picture"),
    ],
)
def test_other_files_are_refused(client, admin_client, content, error):
    response = submit(admin_client, content, name_en="New")
    assert error in response.content.decode()
    assert not SiteSettings.objects.exists()
    assert not Picture.objects.exists()


def test_removed_logo_is_neither_shown_nor_public(client, admin_client):
    submit(admin_client, picture())
    digest = SiteSettings.objects.get().logo_id
    # Another save keeps it.
    submit(admin_client, name_en="New")
    assert digest in shown_logo(client)
    submit(admin_client, removes_logo="on")
    assert shown_logo(client) is None
    assert client.get(f"/media/{digest}").status_code == 404


def test_static_copy_has_the_logo(admin_client, tmp_path, settings):
    settings.SITE_URL = "http://testserver"
    submit(admin_client, picture())
    bake(tmp_path, at=timezone.now())
    assert (tmp_path / PUBLIC / "media" / SiteSettings.objects.get().logo_id).exists()

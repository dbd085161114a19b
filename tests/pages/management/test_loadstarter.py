"""The output of `loadstarter`, and when it refuses."""

import pytest
from django.core.management import CommandError, call_command

from pages.models import Page, Version
from tests.building import make_page

pytestmark = pytest.mark.django_db


def test_starter_prints_a_report_for_each_version(capsys):
    call_command("loadstarter")
    assert capsys.readouterr().out.splitlines() == [
        "Pages created: 1. Versions published: 1. Pages unchanged: 0.",
        "Pages created: 0. Versions published: 1. Pages unchanged: 0.",
    ]
    assert Version.objects.count() == 2


def test_starter_is_refused_on_a_site_with_pages():
    make_page("terms")
    with pytest.raises(
        CommandError, match=r"^Nothing was loaded: the site already has pages, or its publication log has begun\.$"
    ):
        call_command("loadstarter")
    assert [page.slug for page in Page.objects.all()] == ["terms"]

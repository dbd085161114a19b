"""Django's admin in Russian: no phrase that would need a model's name in another case or plural form."""

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from pages.admin.django_messages import MESSAGES
from pages.models import LinkGroup, Redirect
from tests.building import make_page, publish_bodies

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(now):
    page = make_page()
    publish_bodies(page, {"en": "One."}, now)
    publish_bodies(page, {"en": "Two."}, now)
    Redirect.objects.create(old_path="old", page=page)
    LinkGroup.objects.create(title_en="Learn more", position="footer")
    return page


@pytest.fixture
def get_russian(admin_client, page):
    """Return a function that gets a page of the admin in Russian, by its URL name."""

    def get(name: str, *args) -> str:
        response = admin_client.get(reverse(f"admin:{name}", args=args), headers={"accept-language": "ru"})
        return response.content.decode().replace("\n", "")

    return get


def test_each_message_is_one_of_django(settings):
    settings.LOCALE_PATHS = []
    translation.trans_real._translations.clear()
    try:
        with translation.override("ru"):
            assert [message for message in MESSAGES if gettext(message) == message] == []
    finally:
        translation.trans_real._translations.clear()


@pytest.mark.parametrize(
    ("model", "title"),
    [
        ("page", "Страницы"),
        ("redirect", "Перенаправления"),
        ("linkgroup", "Группы ссылок"),
        ("version", "Версии"),
        ("revision", "Правки"),
        ("publicationrecord", "Журнал публикаций"),
    ],
)
def test_list_is_titled_by_its_rows_and_counts_them_without_a_name(get_russian, model, title):
    html = get_russian(f"pages_{model}_changelist")
    assert f"<h1>{title}</h1>" in html
    assert "Всего: " in html
    assert "Добавить страница" not in html


def test_form_is_titled_by_its_row(get_russian, admin_user):
    assert "<h1>Перенаправление: /old/</h1>" in get_russian("pages_redirect_change", Redirect.objects.get().pk)
    assert "<h1>Группа ссылок: Learn more</h1>" in get_russian("pages_linkgroup_change", LinkGroup.objects.get().pk)
    assert "<h1>Пользователь: admin</h1>" in get_russian("auth_user_change", admin_user.pk)
    assert "<h1>Добавить: пользователь</h1>" in get_russian("auth_user_add")


def test_messages_after_saving_and_deleting_do_not_decline_the_name(admin_client, page):
    with translation.override("ru"):
        assert gettext("The {name} “{obj}” was changed successfully.").startswith("Сохранено: ")
        assert gettext("Delete selected %(verbose_name_plural)s") == "Удалить выбранное: %(verbose_name_plural)s"


def test_log_shows_the_number_of_a_version_and_the_time_zone(admin_client, page):
    html = admin_client.get(reverse("admin:pages_publicationrecord_changelist")).content.decode()
    assert '<td class="field-version_number">2</td>' in html
    assert "(UTC)" in html
    assert "p.m." not in html


@pytest.mark.parametrize(("message", "russian"), [("hash", "хэш"), ("Change", "Изменить")])
def test_words_of_django_keep_their_translation(message, russian):
    # A password's hash is not the SHA-256 of the log, and "Change" is a verb in Django's list of models.
    with translation.override("ru"):
        assert gettext(message) == russian

"""Who has to act on a text that is ready or was sent back, who gets a mail about it, and each person's settings."""

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from pages.models import Handover, MailSettings
from pages.models.permissions import PUBLISH, change_text_permission, publish_text_permission
from pages.publishing.actors import Actor

# The backend of django.contrib.auth that knows permissions; `with_perm` wants one if there are several.
BACKEND = "django.contrib.auth.backends.ModelBackend"


def find_recipients(handover: Handover, by: Actor) -> list[User]:
    """Return who has to act now and has an address, without the actor.

    These are, of a text that is ready, all who can publish its language; of one that was sent back, the person who
    marked it, if the account is active.
    """
    language = handover.revision.language
    if handover.is_ready:
        users = _users_with(PUBLISH, publish_text_permission(language))
    else:
        users = _users_with(change_text_permission(language))
    others = users.exclude(pk=by.account) if by.account else users
    if not handover.is_ready:
        marked = Handover.objects.filter(pk=handover.pk).with_marked_by()
        others = others.filter(pk__in=marked.values("marked_by"))
    return list(others)


def find_writers(language: str, accounts: Collection[int]) -> set[int]:
    """Return which of some accounts can still write a language."""
    users = _active_users_with(change_text_permission(language)).filter(pk__in=accounts)
    return set(users.values_list("pk", flat=True))


def _users_with(*permissions: str) -> QuerySet:
    return _active_users_with(*permissions).exclude(email="")


def _active_users_with(*permissions: str) -> QuerySet:
    users = get_user_model().objects.filter(is_active=True, is_staff=True).order_by("pk")
    for permission in permissions:
        allowed = get_user_model().objects.with_perm(f"pages.{permission}", backend=BACKEND)
        users = users.filter(pk__in=allowed.values("pk"))
    return users


@transaction.atomic
def claim_mails(users: Collection[User], now: datetime) -> list[MailSettings]:
    """Return the settings of those who are to be sent a mail now; each is to be ended with `end_claim`.

    Two requests at the same time never both get a person.
    """
    MailSettings.objects.bulk_create([MailSettings(person=user) for user in users], ignore_conflicts=True)
    # Locked, and asked again by PostgreSQL after a wait.
    due = list(MailSettings.objects.due(now).filter(person__in=users).order_by("pk").select_for_update())
    MailSettings.objects.filter(pk__in=[row.pk for row in due]).update(claimed_at=now)
    return due


def end_claim(row: MailSettings, now: datetime, *, is_sent: bool) -> None:
    """Count a mail that was claimed at a time, if it was sent; otherwise the next one does not wait."""
    mine = MailSettings.objects.filter(pk=row.pk, claimed_at=now)
    mine.update(claimed_at=None, **({"mailed_at": now} if is_sent else {}))


def save_mail_settings(person: User, *, wants_mail: bool, language: str) -> None:
    values = {"wants_mail": wants_mail, "language": language}
    MailSettings.objects.update_or_create(person=person, defaults=values)


def remember_language(person: User, language: str) -> None:
    """Keep the language that a person uses the admin in, unless one is known."""
    MailSettings.objects.get_or_create(person=person)
    MailSettings.objects.filter(person=person, language="").update(language=language)

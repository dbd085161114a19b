"""Who a logged-in user is to the verbs, and what the admin shows them. The verbs check again, whatever is shown."""

from collections.abc import Callable

from pages.languages import served_languages
from pages.models.permissions import MOVE, PUBLISH, WITHDRAW, change_text, publish_text
from pages.publishing.actors import Actor, actor_with


def actor_of(user) -> Actor:
    """Return the user as the verbs know them. The name that goes into history is text, so that it outlives the user."""
    permissions = user.get_all_permissions() if user.is_active and user.is_staff else ()
    return actor_with(user.get_full_name() or user.get_username(), permissions)


def may(permission: str) -> Callable[[Actor], bool]:
    """Return the question whether an actor has a permission."""
    return lambda actor: actor.may(permission)


def writable_languages(actor: Actor) -> list[str]:
    """Return the served languages whose working copy the actor may write."""
    return [language for language in served_languages() if actor.may(change_text(language))]


def publishable_languages(actor: Actor) -> list[str]:
    """Return the served languages that the actor may let a version change."""
    return [language for language in served_languages() if actor.may(publish_text(language))]


def can_edit(actor: Actor) -> bool:
    """Tell whether the actor may change anything in a page's form."""
    return actor.may("change_page") or bool(writable_languages(actor))


can_view, can_publish, can_move, can_withdraw = may("view_page"), may(PUBLISH), may(MOVE), may(WITHDRAW)

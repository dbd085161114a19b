"""What a logged-in user may do, as an actor of `pages.publishing`.

The admin decides by it what to show. The operations check the permissions again, whatever was shown.
"""

from collections.abc import Callable

from pages.languages import served_languages
from pages.models.permissions import MOVE, PUBLISH, WITHDRAW, change_text, publish_text
from pages.publishing.actors import Actor, actor_with


def actor_of(user) -> Actor:
    """Return the actor for a user; one who is inactive or not staff has no permissions."""
    permissions = user.get_all_permissions() if user.is_active and user.is_staff else ()
    # History stores the name as text, so that it outlives the account.
    return actor_with(user.get_full_name() or user.get_username(), permissions)


def permission_check(permission: str) -> Callable[[Actor], bool]:
    return lambda actor: actor.may(permission)


def writable_languages(actor: Actor) -> list[str]:
    """Return the served languages whose draft the actor may edit."""
    return [language for language in served_languages() if actor.may(change_text(language))]


def publishable_languages(actor: Actor) -> list[str]:
    """Return the served languages that the actor may publish."""
    return [language for language in served_languages() if actor.may(publish_text(language))]


def can_edit(actor: Actor) -> bool:
    """Return whether the actor may change any field of a page's form."""
    return actor.may("change_page") or bool(writable_languages(actor))


can_view = permission_check("view_page")
can_publish = permission_check(PUBLISH)
can_move = permission_check(MOVE)
can_withdraw = permission_check(WITHDRAW)

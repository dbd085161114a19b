"""What a logged-in user may do, as an actor of `pages.publishing`.

The admin decides by it what to show. The operations check the permissions again, whatever was shown.
"""

from pages.languages import served_languages
from pages.models.permissions import change_text_permission
from pages.publishing.actors import Actor, user_actor

VIEW = "view_page"


def actor_of(user) -> Actor:
    """Return the actor for a user; one who is inactive or not staff has no permissions."""
    is_allowed = user.is_active and user.is_staff
    permissions = user.get_all_permissions() if is_allowed else ()
    # History stores the name as text, so that it outlives the account.
    name = user.get_full_name() or user.get_username()
    return user_actor(name, permissions, is_superuser=is_allowed and user.is_superuser, account=user.pk)


def writable_languages(actor: Actor) -> list[str]:
    """Return the served languages whose draft the actor may edit."""
    return [language for language in served_languages() if actor.has_perm(change_text_permission(language))]


def can_edit(actor: Actor) -> bool:
    """Return whether the actor may change any field of a page's form."""
    return actor.has_perm("change_page") or bool(writable_languages(actor))

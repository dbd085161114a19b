"""The actor of an operation: the name that history records, and the permissions that every operation checks first."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Actor:
    """A person or a command. `permissions` is None for a command, which may do everything.

    `account` is the key of the person's account: two persons can have the same name.
    """

    name: str
    permissions: frozenset[str] | None = field(default_factory=frozenset)
    is_superuser: bool = False
    account: int | None = None

    def has_perm(self, permission: str) -> bool:
        """Tell whether the actor has a permission of this app, given without the app label: `publish_page`."""
        return self.permissions is None or permission in self.permissions

    def require(self, *permissions: str) -> None:
        """Raise PermissionDenied, which names the missing permissions, unless the actor has all of them."""
        missing = [permission for permission in permissions if not self.has_perm(permission)]
        if missing:
            raise PermissionDenied(
                _("You do not have permission to do this: %(permissions)s.") % {"permissions": ", ".join(missing)}
            )

    def require_superuser(self) -> None:
        """Raise PermissionDenied unless the actor is a superuser or a command."""
        if not (self.is_superuser or self.permissions is None):
            raise PermissionDenied(_("Only a superuser can do this."))


def system_actor(name: str) -> Actor:
    """Return the actor of a command. It needs no permissions: anyone who can run commands controls the database."""
    return Actor(name, None)


def user_actor(
    name: str, permissions: Iterable[str], *, is_superuser: bool = False, account: int | None = None
) -> Actor:
    """Return the actor of a user who has Django permissions such as `pages.publish_page`; other apps' are ignored."""
    own = (permission.removeprefix("pages.") for permission in permissions if permission.startswith("pages."))
    return Actor(name, frozenset(own), is_superuser, account)

"""Who does something: the name that goes into history, and what they may do. Every verb asks here before it acts."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Actor:
    """A person or a command. Without a list of permissions it may do everything: it works on the machine itself."""

    name: str
    permissions: frozenset[str] | None = field(default_factory=frozenset)

    def has_perm(self, permission: str) -> bool:
        """Tell whether the actor has a permission of this app, named without it: `publish_page`."""
        return self.permissions is None or permission in self.permissions

    def require(self, *permissions: str) -> None:
        """Raise PermissionDenied, which says what is lacking, unless the actor has all of them."""
        lacking = [permission for permission in permissions if not self.has_perm(permission)]
        if lacking:
            raise PermissionDenied(_("You may not do this: %(permissions)s.") % {"permissions": ", ".join(lacking)})


def system_actor(name: str) -> Actor:
    """Return the actor for a command: whoever can start one holds the database anyway."""
    return Actor(name, None)


def user_actor(name: str, permissions: Iterable[str]) -> Actor:
    """Return the actor for a user, given Django's names of permissions, `pages.publish_page` among them."""
    return Actor(name, frozenset(one.removeprefix("pages.") for one in permissions if one.startswith("pages.")))

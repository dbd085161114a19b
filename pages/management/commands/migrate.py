"""`migrate` as Django has it. It makes missing triggers again, so it does not refuse to run because of them."""

from typing import Any

from django.core.management.commands import migrate


class Command(migrate.Command):
    def check(self, *args: Any, **options: Any) -> None:
        """Run the checks, without those of the database itself."""
        super().check(*args, **{**options, "databases": None})

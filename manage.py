#!/usr/bin/env python
"""Django's command line; `python manage.py help` lists the commands."""

import os
import re
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError

from selfprivacy_site.call_stack import reserve_stack


def main() -> None:
    """Run a command. A wrong setting, and a database that is away, are reported in one sentence, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "selfprivacy_site.settings")
    try:
        reserve_stack(execute_from_command_line)(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Configuration: {error}")
    except (OperationalError, ProgrammingError) as error:
        # SQLite and PostgreSQL. Any other error of a statement is a defect of the program.
        is_missing = re.search(r"no such (table|column)|(relation|column) .* does not exist", str(error))
        if "--traceback" in sys.argv or (isinstance(error, ProgrammingError) and not is_missing):
            raise
        # The first line of a driver's message is the reason; the rest are hints.
        hint = ". Run: manage.py migrate" if is_missing else ""
        sys.exit(f"Database: {str(error).partition(chr(10))[0]}{hint}")


if __name__ == "__main__":
    main()

"""Print the table of `docs/verifying.md`: how many of the mutations of each kind each check finds."""

import argparse
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

os.environ |= {
    "DATA_DIR": tempfile.mkdtemp(prefix="selfprivacy-site-tampering-"),
    "DATABASE_URL": "",
    "DJANGO_SETTINGS_MODULE": "selfprivacy_site.settings",
    "SITE_LANGUAGES": "en,ru",
}

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from benchmarks.tampering.attacker import Attacker
from benchmarks.tampering.kinds import KINDS
from benchmarks.tampering.server import serving
from benchmarks.tampering.site import build_site
from pages.history.verification import find_problems
from pages.models import SiteCounter

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "check_history.py"
HEADER = """| Change | `verify_history` | with a hash | `check_history.py` | with a hash |
|---|---|---|---|---|"""


class CheckCrashed(Exception):
    """A check ended with a traceback, or refused an intact site."""


@dataclass(frozen=True)
class Site:
    """A database file, its intact copy, the URL at which it is served, and a hash that was noted before any change."""

    database: Path
    intact: Path
    url: str
    noted: str

    def restore(self) -> None:
        connection.close()
        for path in self.database.parent.glob(f"{self.database.name}-*"):
            path.unlink()
        shutil.copyfile(self.intact, self.database)

    def check_inside(self, *noted: str) -> str:
        """Return the problems that `verify_history` finds, "" if there are none."""
        return "\n".join(find_problems(noted_hash="".join(noted)))

    def check_outside(self, *noted: str) -> str:
        """Return the problems that `check_history.py` finds, "" if there are none. Raises CheckCrashed."""
        command = [sys.executable, str(SCRIPT), self.url, *noted]
        process = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        if "Traceback" in process.stderr:
            raise CheckCrashed(process.stderr)
        return process.stderr if process.returncode else ""


def find(check: Callable[..., str], noted: str) -> tuple[bool, bool]:
    """Tell whether a check finds a problem without and with the noted hash."""
    problems = check(noted)
    # It finds the same without the hash, unless the hash is what it looked for in vain.
    return bool(check() if "noted" in problems else problems), bool(problems)


@contextmanager
def served_site() -> Iterator[Site]:
    """Build the site, and serve it over HTTP while the block runs. Raises CheckCrashed if it does not pass a check."""
    # The file of the database is replaced again and again: no connection to an old one must stay open.
    connections.settings["default"]["CONN_MAX_AGE"] = 0
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    database = Path(settings.DATABASES["default"]["NAME"])
    build_site(database.parent)
    noted, intact = SiteCounter.objects.get().head, database.with_suffix(".intact")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(intact)])
    with serving() as (url, application):
        site = Site(database, intact, url, noted)
        application.is_storing = True
        if problems := site.check_inside(noted) + site.check_outside(noted):
            raise CheckCrashed(f"The intact site does not pass: {problems}")
        application.is_storing = False
        yield site


def count_findings(site: Site, kind: str, mutations: int) -> list[int]:
    """Return how many mutations each check finds, without and with the noted hash."""
    findings = [0] * 4
    for number in range(mutations):
        site.restore()
        attacker = Attacker(site.database, Random(f"{kind} {number}"))
        KINDS[kind](attacker)
        attacker.close()
        results = [*find(site.check_inside, site.noted), *find(site.check_outside, site.noted)]
        findings = [count + is_found for count, is_found in zip(findings, results, strict=True)]
    return findings


def main() -> None:
    """Print a line for each kind."""
    parser = argparse.ArgumentParser(prog="benchmarks.tampering", description=__doc__)
    parser.add_argument("--mutations", type=int, default=20, help="mutations of each kind (default: 20)")
    parser.add_argument("--kind", action="append", help="only this kind; can be given several times")
    options = parser.parse_args()
    # Broken rows make the site answer with errors, which are logged with their tracebacks.
    logging.disable(logging.CRITICAL)
    with served_site() as site:
        print(HEADER)
        for kind in options.kind or KINDS:
            findings = count_findings(site, kind, options.mutations)
            numbers = (f"{count}/{options.mutations}" for count in findings)
            print("|", " | ".join([kind, *numbers]), "|", flush=True)


if __name__ == "__main__":
    main()

"""Commits that the owner's rule makes minor. The rule is a regular expression, which may take for ever to match."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping

from pages.hugo.site_structure.reading_options import MAX_EXPRESSION, InvalidOption
from pages.text.messages import Message

# For the subjects of all commits together.
MAX_SECONDS = 10
# Of a subject, only this many characters are compared.
MAX_SUBJECT = 500
# Python cannot interrupt a search, hence a process of its own.
_PROGRAM = """
import json, re, sys
expression, subjects = json.load(sys.stdin)
search = re.compile(expression).search
json.dump([key for key, subject in subjects.items() if search(subject)], sys.stdout)
"""


def check_expression(expression: str) -> str:
    """Return a regular expression if it is valid. Raises InvalidOption."""
    if len(expression) > MAX_EXPRESSION:
        raise InvalidOption(
            Message("--minor: the expression has more than %(limit)d characters.", limit=MAX_EXPRESSION)
        )
    try:
        re.compile(expression)
    except (re.error, RecursionError, OverflowError) as error:
        raise InvalidOption(
            Message(
                "--minor: %(expression)s is not a regular expression: %(reason)s.",
                expression=repr(expression),
                reason=str(error),
            )
        ) from error
    return expression


def find_matches(expression: str, subjects: Mapping[str, str]) -> frozenset[str]:
    """Return the keys of the subjects in which the expression is found. Raises InvalidOption if that takes too long."""
    shortened = {key: subject[:MAX_SUBJECT] for key, subject in subjects.items()}
    program = [sys.executable, "-I", "-c", _PROGRAM]
    try:
        # S603: the program is a constant, and what it reads is data.
        result = subprocess.run(  # noqa: S603
            program,
            input=json.dumps([expression, shortened]).encode(),
            capture_output=True,
            timeout=MAX_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InvalidOption(
            Message(
                "--minor: matching %(expression)s takes longer than %(limit)s seconds; write it more simply.",
                expression=repr(expression),
                limit=str(MAX_SECONDS),
            )
        ) from error
    if result.returncode:
        raise InvalidOption(Message("--minor: %(expression)s cannot be matched.", expression=repr(expression)))
    return frozenset(json.loads(result.stdout))

"""Matching paths against patterns as Hugo does (github.com/gobwas/glob), and against those of `ignoreFiles`.

Patterns come from the source and are untrusted: matching takes at most the product of the two lengths, or is refused.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import takewhile

# What braces, such as `{a,b}`, may expand to.
MAX_ALTERNATIVES = 64
MAX_PATTERN = 500
# Each unbounded repetition multiplies the time of a search by the length of the path.
_MAX_REPETITIONS = 3
_UNBOUNDED = re.compile(r"(?<!\\)(?:\\\\)*(?:[*+]|\{\d*,\d*\})")
_REPEATED_GROUP = re.compile(r"\)(?:[*+]|\{)")

# Whether one character matches, and whether it may be repeated.
_Token = tuple[Callable[[str], bool], bool]


class UnreadablePattern(ValueError):
    """A pattern is not valid, or would take too long to match."""


@lru_cache(maxsize=1000)
def matches_glob(pattern: str, path: str) -> bool:
    """Tell whether a whole path matches, without regard to case. `*` stops at slashes, `**` does not.

    Raises UnreadablePattern.
    """
    if len(pattern) > MAX_PATTERN:
        raise UnreadablePattern("it is too long.")
    pattern, path = pattern.lower(), path.lower()
    alternatives = _expand_braces(pattern)
    return _overlaps(pattern, path) or any(_matches(list(_tokens(alternative)), path) for alternative in alternatives)


@lru_cache(maxsize=1000)
def matches_name(pattern: str, name: str) -> bool:
    """Tell whether the name of a file or folder matches, with its case, as in `.gitignore`.

    Raises UnreadablePattern.
    """
    return _matches(list(_tokens(pattern.replace("[^", "[!"))), name)


def _overlaps(pattern: str, path: str) -> bool:
    """Tell whether a path has the start and the end of a pattern, even if they overlap: gobwas/glob matches it then.

    So `/legal/**/terms.md` also means `/legal/terms.md`. This is so only if `**` is all that is special, also within
    braces around the whole pattern.
    """
    parts = pattern[1:-1].split(",") if pattern.startswith("{") and pattern.endswith("}") else [pattern]
    ends = (part.split("**") for part in parts if not re.search(r"[?\[\]{}\\]|(?<!\*)\*(?!\*)|\*{3}", part))
    return any(len(pair) == 2 and path.startswith(pair[0]) and path.endswith(pair[1]) for pair in ends)


def _matches(tokens: list[_Token], path: str) -> bool:
    # The positions in the pattern at which the rest of the path can go on, as in Thompson's construction.
    positions = _skip_repeated({0}, tokens)
    for character in path:
        following = set()
        for position in positions:
            if position < len(tokens) and tokens[position][0](character):
                following.add(position if tokens[position][1] else position + 1)
        positions = _skip_repeated(following, tokens)
    return len(tokens) in positions


def _skip_repeated(positions: set[int], tokens: list[_Token]) -> set[int]:
    """Add the positions after repeated tokens, which can match nothing."""
    reached = set(positions)
    for start in positions:
        repeated = takewhile(lambda token: token[1], tokens[start:])
        reached.update(range(start + 1, start + 1 + sum(1 for _token in repeated)))
    return reached


def _tokens(pattern: str) -> Iterator[_Token]:
    position = 0
    while position < len(pattern):
        match = _GLOB_TOKEN.match(pattern, position)
        if match is None:
            raise UnreadablePattern(f"it is not valid at character {position + 1}.")
        yield _token(match)
        position = match.end()


_GLOB_TOKEN = re.compile(
    r"(?P<stars>\*+)|(?P<any>\?)|\[(?P<not>!)?(?P<set>[^\]]+)\]|\\(?P<escaped>.)|(?P<char>[^\[\]])"
)


def _token(match: re.Match[str]) -> _Token:
    if stars := match["stars"]:
        return (_is_any if len(stars) > 1 else _is_no_slash), True
    if match["any"]:
        return _is_no_slash, False
    if characters := match["set"]:
        return _in_set(characters, is_negated=bool(match["not"])), False
    return (match["escaped"] or match["char"]).__eq__, False


def _is_any(_character: str) -> bool:
    return True


def _is_no_slash(character: str) -> bool:
    return character != "/"


def _in_set(characters: str, *, is_negated: bool) -> Callable[[str], bool]:
    ranges = re.findall(r"(.)-(.)", characters)
    single = set(re.sub(r".-.", "", characters))
    return lambda character: (
        (character in single or any(first <= character <= last for first, last in ranges)) != is_negated
    )


def _expand_braces(pattern: str) -> list[str]:
    """Return the patterns without braces. Braces can be nested."""
    pending = [pattern]
    expanded: list[str] = []
    while pending:
        if len(pending) + len(expanded) > MAX_ALTERNATIVES:
            raise UnreadablePattern("its braces have too many alternatives.")
        current = pending.pop()
        braces = re.search(r"(?<!\\)\{([^{}]*)(?<!\\)\}", current)
        if braces is None:
            expanded.append(current)
        else:
            start, end = current[: braces.start()], current[braces.end() :]
            pending += [f"{start}{part}{end}" for part in braces[1].split(",")]
    return expanded


@lru_cache(maxsize=200)
def compile_expression(expression: str) -> re.Pattern[str]:
    """Compile a regular expression of Go (RE2). Raises UnreadablePattern."""
    is_slow = len(_UNBOUNDED.findall(expression)) > _MAX_REPETITIONS or _REPEATED_GROUP.search(expression)
    if len(expression) > MAX_PATTERN or is_slow:
        raise UnreadablePattern("it could take too long to match.")
    try:
        return re.compile(expression.replace(r"\z", r"\Z"))
    except (re.error, RecursionError, OverflowError) as error:
        raise UnreadablePattern(f"{error}.") from error

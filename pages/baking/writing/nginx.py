"""Configuration of nginx for a static copy: the headers of the application, its redirects and its statuses.

Headers follow rules by language and kind of address, which are learned from the answers; an address that differs from
the rule is listed. The lines of each group of addresses are made once and kept in the manifest.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os.path import splitext
from typing import Any

from django.conf import settings
from django.utils.encoding import iri_to_uri

from pages.baking.planning.addresses import NOT_FOUND, language_prefix
from pages.baking.writing.folders import NGINX, REDIRECTS
from pages.languages import served_languages
from selfprivacy_site.wsgi_middleware.baked_manifest import INDEX, Entry, HeaderSet

# Kinds of addresses that get the same headers, in the order in which they are matched; all others are pages.
KINDS = {
    "asset": r"^/static/",
    "picture": r"^/media/",
    "file": r"\.(?:json|md)$",
    "feed": r"\.(?:atom|xml)$",
    "fragment": r"/fragment\.html$",
    "archive": r"\.zip$",
    "text": r"\.txt$",
    "numbered": r"/(?:v/[0-9]+|history(?:/[0-9]+)?|compare/[^/]+|upcoming|sections|with/[^/]+|_print)/$",
}
OTHER_KIND = "page"
# A language and a kind, separated by a space.
Rule = str
_KIND = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in KINDS.items()))
# The path of the request, also after nginx has found the file for it.
ADDRESS = "$baked_address"
# Longer parameters are an error in nginx.
MAX_LENGTH = 4000
_UPPER = re.compile("[A-Z]")
# The list that is for hosts without nginx.
REDIRECTS_LIST = "redirects"


@dataclass(frozen=True, kw_only=True)
class ServerRules:
    """What the lines of a group depend on, apart from its entries.

    `headers` are those of the manifest; `by_kind` says which of them most addresses of a rule have. `types` are the
    content types by the suffix of a file. `cased` are the addresses with a capital letter, and `clashing` those in
    small letters that several addresses have, because nginx compares without case. `longest` is the length of the
    longest address in bytes.
    """

    headers: tuple[HeaderSet, ...] = ()
    by_kind: Mapping[Rule, int]
    types: Mapping[str, str]
    cased: Collection[str]
    clashing: Collection[str]
    longest: int

    def to_json(self) -> dict[str, Any]:
        """Return everything but the headers, which the manifest has already."""
        return {name: value for name, value in vars(self).items() if name != "headers"}

    def group_lists(self, entries: Mapping[str, Entry]) -> str:
        """Return the lines of a group by the name of their list, in JSON."""
        lines: dict[str, list[str]] = defaultdict(list)
        for address, entry in entries.items():
            for name, line in self._lines(address, entry):
                lines[name].append(line)
        return json.dumps({name: "".join(lines[name]) for name in lines}, ensure_ascii=False)

    def _lines(self, address: str, entry: Entry) -> Iterator[tuple[str, str]]:
        if entry.status == 410:
            yield "gone", self._map_line(address, f"/{entry.file}")
        if entry.location:
            yield f"moved_{entry.status}", self._map_line(address, _without_variables(entry.location))
            yield REDIRECTS_LIST, f"{iri_to_uri(address)} {entry.location} {entry.status}\n"
        if entry.link:
            yield "link", self._map_line(address, _without_variables(entry.link))
        own, rule = dict(self.headers[entry.headers]), dict(self.headers[self.by_kind[rule_of(address)]])
        for name in sorted((own.keys() | rule.keys()) - {"Content-Type"}):
            if own.get(name, "") != rule.get(name, ""):
                yield _variable(name), self._map_line(address, own.get(name, ""))
        if entry.status == 200 and not splitext(entry.file)[1]:
            yield "location", f"location = {_quoted(address)} {{ default_type {_quoted(own['Content-Type'])}; }}\n"

    def _map_line(self, address: str, value: str) -> str:
        """Return a line of a map from exact addresses, or none if nginx could not read it."""
        if len(value.encode()) > MAX_LENGTH:
            return ""
        # Keys that differ in case only would be an error.
        exact = _quoted(f"~^{re.escape(address)}$" if address.lower() in self.clashing else address)
        return f"  {exact} {_quoted(value)};\n"


def learn_rules(
    headers: tuple[HeaderSet, ...],
    entries: Mapping[str, Entry],
    known: ServerRules | None,
    holds: Callable[[str], bool],
) -> ServerRules:
    """Return the rules of a copy. Those that are known from the former copy stay as they are.

    `entries` are those that are not taken over from it; `holds` tells whether the copy has an address.
    """
    counts: dict[Rule, Counter[int]] = defaultdict(Counter)
    for address, entry in entries.items():
        counts[rule_of(address)][entry.headers] += 1
    by_kind = {rule: indexes.most_common(1)[0][0] for rule, indexes in counts.items()}
    cased = {address for address in entries if _UPPER.search(address)}
    cased |= {address for address in known.cased if holds(address)} if known else set()
    lowered = Counter(address.lower() for address in cased)
    return ServerRules(
        headers=headers,
        by_kind={**by_kind, **(known.by_kind if known else {})},
        types={**(known.types if known else {}), **_types(headers, entries)},
        cased=sorted(cased),
        clashing=sorted(address for address, count in lowered.items() if count > 1 or holds(address)),
        longest=max([known.longest if known else 0, *(len(address.encode()) for address in entries)]),
    )


def rule_of(address: str) -> Rule:
    """Return the language of an address, if it has a prefix, served or not, and its kind."""
    prefix = address[1:].partition("/")[0]
    is_language = prefix in settings.MODELTRANSLATION_LANGUAGES and prefix != settings.LANGUAGE_CODE
    match = _KIND.search(address)
    return f"{prefix if is_language else ''} {match.lastgroup if match else OTHER_KIND}"


def server_files(rules: ServerRules, lists: Iterable[str]) -> dict[str, str]:
    """Return the files by name: to include in the context `http` and in that of the server, and the redirects."""
    lines: dict[str, list[str]] = defaultdict(list)
    for group in lists:
        for name, text in json.loads(group).items():
            lines[name].append(text)
    joined = defaultdict(str, {name: "".join(texts) for name, texts in lines.items()})
    http, server = [*_address_maps(rules, joined)], [*_server(rules, joined), _add_header("Link", "$baked_link")]
    for name in sorted({name for header_set in rules.headers for name, _value in header_set} - {"Content-Type"}):
        value, maps = _header(name, rules, joined)
        http += maps
        server.append(_add_header(name, value))
    return {
        f"{NGINX}/http.conf": "\n".join([*http, ""]),
        f"{NGINX}/server.conf": "\n".join([*server, ""]),
        REDIRECTS: joined[REDIRECTS_LIST],
    }


def _header(name: str, rules: ServerRules, lists: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return the value of a header, which is a variable if it is not the same at all addresses, and its maps."""
    values = {rule: dict(rules.headers[index]).get(name, "") for rule, index in rules.by_kind.items()}
    common = Counter(values.values()).most_common(1)[0][0]
    others = {rule: value for rule, value in values.items() if value != common}
    exceptions = lists[_variable(name)]
    if not others and not exceptions:
        return _quoted(common), []
    by_rule = "".join(f"  {_quoted(rule)} {_quoted(value)};\n" for rule, value in sorted(others.items()))
    variable = _variable(name)
    maps = [*_map('"$baked_language $baked_kind"', f"{variable}_rule", _quoted(common), by_rule)]
    return variable, [*maps, *_map(ADDRESS, variable, f"{variable}_rule", exceptions)]


def _address_maps(rules: ServerRules, lists: Mapping[str, str]) -> Iterator[str]:
    size = max((text.count("\n") for text in lists.values()), default=0)
    languages = sorted({language for rule in rules.by_kind if (language := rule.partition(" ")[0])})
    yield "# Made by `manage.py bake`. Include it in the context http."
    yield f"map_hash_max_size {max(2048, 2 * size)};"
    # In steps of a cache line, with room for a pointer and a length.
    yield f"map_hash_bucket_size {max(256, 64 * (rules.longest // 64 + 2))};"
    yield from _map(ADDRESS, "$baked_language", '""', _patterns({f"^/{code}/": code for code in languages}))
    yield from _map(ADDRESS, "$baked_kind", OTHER_KIND, _patterns({pattern: kind for kind, pattern in KINDS.items()}))
    yield from _map("$baked_language", "$baked_not_found", f"/{NOT_FOUND}", _not_found())
    yield from _map("$request_uri", "$baked_with_slash", '""', _patterns({"^(?<baked_path>[^?]*)": "$baked_path/"}))
    for name in ("gone", "moved_301", "moved_302", "link"):
        yield from _map(ADDRESS, f"$baked_{name}", '""', lists[name])


def _not_found() -> str:
    others = [code for code in served_languages() if code != settings.LANGUAGE_CODE]
    return "".join(f"  {_quoted(code)} {_quoted(f'{language_prefix(code)}{NOT_FOUND}')};\n" for code in others)


def _types(headers: Sequence[HeaderSet], entries: Mapping[str, Entry]) -> dict[str, str]:
    """Return the content types by the suffix of the file."""
    used = {(splitext(entry.file)[1][1:], entry.headers) for entry in entries.values() if entry.status == 200}
    return {suffix: dict(headers[index]).get("Content-Type", "") for suffix, index in sorted(used) if suffix}


def _server(rules: ServerRules, lists: Mapping[str, str]) -> Iterator[str]:
    yield "# Made by `manage.py bake`. Include it in a server whose root is the folder `public` of the copy."
    yield "charset off;"
    yield "absolute_redirect off;"
    yield "gzip off;"
    yield "gzip_static on;"
    yield "add_header Vary Accept-Encoding always;"
    yield "types {"
    yield from (f"  {_quoted(kind)} {suffix};" for suffix, kind in sorted(rules.types.items()))
    yield "}"
    yield "default_type application/octet-stream;"
    yield f"set {ADDRESS} $uri;"
    yield "error_page 404 $baked_not_found;"
    yield "error_page 410 @baked_gone;"
    yield "if ($baked_gone) { return 410; }"
    for status in (301, 302):
        yield f"if ($baked_moved_{status}) {{ return {status} $baked_moved_{status}$is_args$args; }}"
    yield "location @baked_gone { try_files $baked_gone =410; }"
    yield f"location ~ /(?:{re.escape(NOT_FOUND)}|{re.escape(INDEX)})$ {{ internal; }}"
    yield r"location ~ \.(?:gz|br)$ { internal; }"
    yield f"location ~ /$ {{ try_files ${{uri}}{INDEX} =404; }}"
    yield "location / {"
    yield f"  if (-f $request_filename/{INDEX}) {{ return 301 $baked_with_slash$is_args$args; }}"
    yield "  try_files $uri =404;"
    yield "}"
    yield lists["location"].removesuffix("\n")


def _add_header(name: str, variable: str) -> str:
    return f"add_header {name} {variable} always;"


def _map(source: str, variable: str, default: str, lines: str) -> Iterator[str]:
    yield f"map {source} {variable} {{"
    yield f"  default {default};\n{lines}}}"


def _patterns(values: Mapping[str, str]) -> str:
    return "".join(f"  {_quoted(f'~{pattern}')} {_quoted(value)};\n" for pattern, value in values.items())


def _variable(name: str) -> str:
    return f"$baked_{name.lower().replace('-', '_')}"


def _without_variables(url: str) -> str:
    """Return a URL without a dollar, which nginx would take for the start of a variable and cannot escape."""
    return url.replace("$", "%24")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

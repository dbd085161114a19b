"""Configuration of nginx for a static copy: the headers of the application, its redirects and its statuses.

Headers follow rules by language and kind of address, which are learned from the answers; an address that differs from
the rule is listed.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from os.path import splitext

from django.conf import settings

from pages.baking.planning.addresses import NOT_FOUND, language_prefix
from pages.languages import served_languages
from selfprivacy_site.wsgi_middleware.baked_manifest import INDEX, Entry, Manifest

# Kinds of addresses that get the same headers, in the order in which they are matched; all others are pages.
KINDS = {
    "asset": r"^/static/",
    "picture": r"^/media/",
    "file": r"\.(?:json|md)$",
    "feed": r"\.(?:atom|xml)$",
    "text": r"\.txt$",
    "numbered": r"/(?:v/[0-9]+|history(?:/[0-9]+)?|compare/[^/]+|upcoming|_print)/$",
}
OTHER_KIND = "page"
Rule = tuple[str, str]
_KIND = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in KINDS.items()))
# The path of the request, also after nginx has found the file for it.
ADDRESS = "$baked_address"
# Longer parameters are an error in nginx.
MAX_LENGTH = 4000


class HeaderRules:
    """The headers of a copy as rules, with the addresses that differ from the rule of their language and kind."""

    def __init__(self, manifest: Manifest, entries: Mapping[str, Entry]):
        self._sets = [dict(headers) for headers in manifest.headers]
        languages = frozenset(_languages(entries))
        self._by_class: dict[tuple[Rule, int], list[str]] = defaultdict(list)
        for address, entry in entries.items():
            self._by_class[_rule(address, languages), entry.headers].append(address)
        self.names = sorted({name for _rule, index in self._by_class for name in self._sets[index]} - {"Content-Type"})

    def header(self, name: str) -> tuple[str, list[str]]:
        """Return the value of a header, which is a variable if it is not the same at all addresses, and its maps."""
        counts: dict[Rule, Counter[str]] = defaultdict(Counter)
        for (rule, index), addresses in self._by_class.items():
            counts[rule][self._sets[index].get(name, "")] += len(addresses)
        rules = {rule: values.most_common(1)[0][0] for rule, values in counts.items()}
        common = Counter(rules.values()).most_common(1)[0][0]
        others = {" ".join(rule): value for rule, value in rules.items() if value != common}
        exceptions = dict(self._exceptions(name, rules))
        if not others and not exceptions:
            return _quoted(common), []
        variable = f"$baked_{name.lower().replace('-', '_')}"
        by_rule = _map('"$baked_language $baked_kind"', f"{variable}_rule", _quoted(common), others)
        return variable, [*by_rule, *_map(ADDRESS, variable, f"{variable}_rule", exceptions)]

    def _exceptions(self, name: str, rules: Mapping[Rule, str]) -> Iterator[tuple[str, str]]:
        for (rule, index), addresses in self._by_class.items():
            value = self._sets[index].get(name, "")
            if value != rules[rule]:
                yield from ((address, value) for address in addresses)


def nginx_files(manifest: Manifest, entries: Mapping[str, Entry]) -> dict[str, str]:
    """Return the files to include, by name: in the context `http` and in that of the server."""
    types = [dict(headers).get("Content-Type", "") for headers in manifest.headers]
    rules = HeaderRules(manifest, entries)
    http, server = [*_address_maps(entries)], [*_server(entries, types), _add_header("Link", "$baked_link")]
    for name in rules.names:
        value, maps = rules.header(name)
        http += maps
        server.append(_add_header(name, value))
    return {"http.conf": "\n".join([*http, ""]), "server.conf": "\n".join([*server, ""])}


def _address_maps(entries: Mapping[str, Entry]) -> Iterator[str]:
    longest = max((len(address.encode()) for address in entries), default=0)
    prefixes = {f"^{language_prefix(code)}": code for code in _languages(entries)}
    gone = {address: f"/{entry.file}" for address, entry in entries.items() if entry.status == 410}
    links = {address: _without_variables(entry.link) for address, entry in entries.items() if entry.link}
    yield "# Made by `manage.py bake`. Include it in the context http."
    yield f"map_hash_max_size {max(2048, 2 * len(entries))};"
    # In steps of a cache line, with room for a pointer and a length.
    yield f"map_hash_bucket_size {max(256, 64 * (longest // 64 + 2))};"
    yield from _map(ADDRESS, "$baked_language", '""', {}, prefixes)
    yield from _map(ADDRESS, "$baked_kind", OTHER_KIND, {}, {pattern: kind for kind, pattern in KINDS.items()})
    yield from _map("$baked_language", "$baked_not_found", f"/{NOT_FOUND}", _not_found())
    yield from _map("$request_uri", "$baked_with_slash", '""', {}, {"^(?<baked_path>[^?]*)": "$baked_path/"})
    yield from _map(ADDRESS, "$baked_gone", '""', gone)
    for status in (301, 302):
        moved = {key: _without_variables(entry.location) for key, entry in entries.items() if entry.status == status}
        yield from _map(ADDRESS, f"$baked_moved_{status}", '""', moved)
    yield from _map(ADDRESS, "$baked_link", '""', links)


def _without_variables(url: str) -> str:
    """Return a URL without a dollar, which nginx would take for the start of a variable and cannot escape."""
    return url.replace("$", "%24")


def _languages(entries: Iterable[str]) -> list[str]:
    """Return the languages whose addresses have a prefix, served or not."""
    others = [code for code in settings.MODELTRANSLATION_LANGUAGES if code != settings.LANGUAGE_CODE]
    used = {address[1:].partition("/")[0] for address in entries}
    return [code for code in others if code in used]


def _not_found() -> dict[str, str]:
    others = [code for code in served_languages() if code != settings.LANGUAGE_CODE]
    return {code: f"{language_prefix(code)}{NOT_FOUND}" for code in others}


def _rule(address: str, languages: Collection[str]) -> Rule:
    prefix = address[1:].partition("/")[0]
    match = _KIND.search(address)
    return (prefix if prefix in languages else "", match.lastgroup if match and match.lastgroup else OTHER_KIND)


def _server(entries: Mapping[str, Entry], types: Sequence[str]) -> Iterator[str]:
    yield "# Made by `manage.py bake`. Include it in a server whose root is the folder `public` of the copy."
    yield "charset off;"
    yield "absolute_redirect off;"
    yield "gzip off;"
    yield "gzip_static on;"
    yield "add_header Vary Accept-Encoding always;"
    yield from _types(entries, types)
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
    for address, entry in entries.items():
        if entry.status == 200 and not splitext(entry.file)[1]:
            yield f"location = {_quoted(address)} {{ default_type {_quoted(types[entry.headers])}; }}"


def _types(entries: Mapping[str, Entry], types: Sequence[str]) -> Iterator[str]:
    """Yield the content types by the suffix of the file."""
    by_suffix = {splitext(entry.file)[1][1:]: types[entry.headers] for entry in entries.values() if entry.status == 200}
    yield "types {"
    yield from (f"  {_quoted(kind)} {suffix};" for suffix, kind in sorted(by_suffix.items()) if suffix)
    yield "}"
    yield "default_type application/octet-stream;"


def _add_header(name: str, variable: str) -> str:
    return f"add_header {name} {variable} always;"


def _map(
    source: str, variable: str, default: str, values: Mapping[str, str], patterns: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Yield a map from exact values, which nginx compares without case, or else from patterns."""
    yield f"map {source} {variable} {{"
    yield f"  default {default};"
    counts = Counter(key.lower() for key in values)
    for key, value in values.items():
        if len(value.encode()) <= MAX_LENGTH:
            # Keys that differ in case only would be an error.
            exact = _quoted(key) if counts[key.lower()] == 1 else _quoted(f"~^{re.escape(key)}$")
            yield f"  {exact} {_quoted(value)};"
    yield from (f"  {_quoted(f'~{pattern}')} {_quoted(value)};" for pattern, value in (patterns or {}).items())
    yield "}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

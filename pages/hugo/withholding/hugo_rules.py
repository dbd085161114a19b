"""What Hugo does not publish, by the front matter of a text, by what it inherits, and by the config.

As Hugo 0.111 builds a site with `hugo` (`page__meta.go`, `content_map_page.go`, `resources/page/pagemeta`), and later
versions where they withhold more. What differs from Hugo, always to the safe side:

- A `draft` that is neither true nor false counts as true.
- A `render` that Hugo does not know counts as `never`.
- If cascades with different targets disagree, Hugo takes one by chance; here the text is withheld.
- A `publishDate` or `expiryDate` that is not a date withholds the text. Hugo 0.111 ignores it, later versions do not.
- The `_target` of a cascade that is not in a list is ignored, as by Hugo 0.111; later versions heed it.
- A target may name a page as up to Hugo 0.122 (`/legal/terms.md`) or as later ones (`/legal/terms`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo

from pages.hugo.withholding.dates import NO_DATE, parse_date
from pages.hugo.withholding.inheritance import (
    Cascades,
    Document,
    Inherited,
    Keys,
    inherit,
    merge_cascades,
    read_cascades,
)
from pages.hugo.withholding.settings import (
    FALSE_WORDS,
    FILE_NAME_KEY,
    PAST_KEYS,
    TRUE_WORDS,
    PublishingSettings,
    is_true,
    texts,
)
from pages.hugo.withholding.withheld import NO_REASON, NOT_WITHHELD, Withholding
from pages.text.front_matter.nested_values import Value
from pages.text.messages import Message

_BUILD_KEYS = ("_build", "build")
_RENDERED = ("", "always", "true")
# The formats of Hugo in which a page has no HTML file.
_NOT_HTML = frozenset({"calendar", "css", "csv", "json", "markdown", "robots", "rss", "sitemap", "webappmanifest"})
_DATE_IN_NAME = re.compile(r"(\d{4}-\d\d-\d\d)")


def withhold(
    document: Document, branches: Sequence[Document], settings: PublishingSettings, zone: tzinfo
) -> Withholding:
    """Return why and when a document is not published. `branches` are the sections above it, the home page first.

    What withholds a section by draft or date withholds everything in it.
    """
    zone, cascades = settings.zone or zone, settings.cascades
    withholding = NOT_WITHHELD
    for branch in branches:
        cascades = _cascades_of(branch, cascades)
        for keys in inherit(branch, cascades):
            inherited = _withhold_by_state(branch, keys, settings, zone)
            withholding = withholding.combine(_of_section(inherited, branch))
    if document.is_branch:
        cascades = _cascades_of(document, cascades)
    for keys in inherit(document, cascades):
        withholding = withholding.combine(_withhold_by_state(document, keys, settings, zone))
        withholding = withholding.combine(_withhold_page(document, keys, settings))
    return withholding


def inherited_keys(keys: Mapping[str, Value], settings: PublishingSettings) -> dict[str, Value]:
    """Return what an index's front matter passes on to the documents of its section."""
    names = ("cascade", "draft", "published", *settings.publish_date_keys, *settings.expiry_date_keys)
    return {name: keys[name] for name in names if name in keys}


def _cascades_of(branch: Document, farther: Cascades) -> Cascades:
    return merge_cascades(read_cascades(branch.keys.get("cascade", ""), branch.path), farther)


def _of_section(withholding: Withholding, branch: Document) -> Withholding:
    def explain(reason: Message) -> Message:
        section = branch.path or branch.folder or "/"
        return reason and Message("its section %(section)s is withheld: %(reason)s", section=section, reason=reason)

    return Withholding(
        reason=explain(withholding.reason),
        until=withholding.until,
        until_reason=explain(withholding.until_reason),
        since=withholding.since,
        since_reason=explain(withholding.since_reason),
    )


# --- What sections pass on --------------------------------------------------------------------------------------------


def _withhold_by_state(document: Document, keys: Keys, settings: PublishingSettings, zone: tzinfo) -> Withholding:
    """Return the withholding by `draft` or `published`, and by the dates of publication and expiry."""
    withholding = Withholding(reason=NO_REASON if settings.builds_drafts else _draft_reason(keys))
    if not settings.builds_future and (found := _find_date(document, keys, settings.publish_date_keys, zone)):
        start, reason = found
        until = Withholding(until=start, until_reason=reason) if start else Withholding(reason=reason)
        withholding = withholding.combine(until)
    if not settings.builds_expired and (found := _find_date(document, keys, settings.expiry_date_keys, zone)):
        end, reason = found
        since = Withholding(since=end, since_reason=reason) if end else Withholding(reason=reason)
        withholding = withholding.combine(since)
    return withholding


def _draft_reason(keys: Keys) -> Message:
    if "draft" in keys:
        return _describe("draft", keys["draft"]) if is_true(keys["draft"].value) else NO_REASON
    published = keys.get("published")
    is_withheld = published and isinstance(published.value, str) and published.value.strip().lower() in FALSE_WORDS
    return _describe("published", published) if published and is_withheld else NO_REASON


def _find_date(
    document: Document, keys: Keys, names: Sequence[str], zone: tzinfo
) -> tuple[datetime | None, Message] | None:
    """Return the first date among the keys, with the reason to give; None if there is none, or one that means none.

    The date is None if the key has something else, so that nobody knows when the text is meant to be public.
    """
    for name, inherited in _date_values(document, keys, names):
        date = parse_date(inherited.value, zone) if isinstance(inherited.value, str) else None
        if name in PAST_KEYS or date == NO_DATE:
            return None
        reason = _describe(name.lstrip(":"), inherited)
        if date:
            return date, reason
        if _must_be_date(name, inherited.value):
            return None, Message("%(reason)s This is not a date.", reason=reason)
    return None


def _must_be_date(name: str, value: Value) -> bool:
    """Tell whether a value that is not a date can only be meant as one that decides on publishing."""
    if name in (FILE_NAME_KEY, "date") or not value:
        return False
    is_word = isinstance(value, str) and value.strip().lower() in TRUE_WORDS | FALSE_WORDS
    # `published` is also another name for the opposite of `draft`.
    return not is_word if name == "published" else True


def _date_values(document: Document, keys: Keys, names: Sequence[str]) -> Iterator[tuple[str, Inherited]]:
    for name in names:
        if name in PAST_KEYS:
            yield name, Inherited("")
        elif name == FILE_NAME_KEY:
            match = _DATE_IN_NAME.match(document.content_path.rpartition("/")[2])
            yield name, Inherited(match[1] if match else "")
        elif name in keys:
            yield name, keys[name]


# --- What concerns the page alone -------------------------------------------------------------------------------------


def _withhold_page(document: Document, keys: Keys, settings: PublishingSettings) -> Withholding:
    reasons = (*_build_reasons(document, keys), *_config_reasons(document, keys, settings))
    return Withholding(reason=next(filter(None, reasons), NO_REASON))


def _build_reasons(document: Document, keys: Keys) -> Iterator[Message]:
    for name in _BUILD_KEYS:
        build = keys[name].value if name in keys else ""
        render = build.get("render", "") if isinstance(build, dict) else ""
        if not (isinstance(render, str) and render.strip().lower() in _RENDERED):
            yield _describe(f"{name}.render", Inherited(render, keys[name].origin))
    if document.is_leaf_bundle and "headless" in keys and is_true(keys["headless"].value):
        yield _describe("headless", keys["headless"])


def _config_reasons(document: Document, keys: Keys, settings: PublishingSettings) -> Iterator[Message]:
    if settings.is_language_disabled:
        yield Message("the config disables the language %(language)s.", language=document.language)
    if document.kinds <= settings.disabled_kinds:
        yield Message("the config disables pages of the kind %(kind)s.", kind=min(document.kinds))
    own = texts(keys["outputs"].value) if "outputs" in keys else []
    by_kind = [name for kind in document.kinds for name in settings.outputs.get(kind, ())]
    if (formats := own or by_kind) and _NOT_HTML.issuperset(name.lower() for name in formats):
        yield Message("its only formats are %(formats)s.", formats=", ".join(formats))


def _describe(name: str, inherited: Inherited) -> Message:
    """Say which key withholds the text, with its value: “its front matter has draft: true.”"""
    key = f"{name}: {inherited.value[:50] if isinstance(inherited.value, str) else '…'}".strip()
    if inherited.origin:
        return Message("a cascade in %(file)s has %(key)s.", file=inherited.origin, key=key)
    return Message("its front matter has %(key)s.", key=key)

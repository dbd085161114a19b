"""Task lists and alerts: the engine recognises them, and this module decides how readers see them.

A task begins with a ballot box, which needs no script, is read aloud, and is in feeds, prints and comparisons too. An
alert is a quotation that begins with its name in the language of the text.
"""

from functools import lru_cache

from django.utils.translation import override, pgettext
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_BOXES = {False: "\u2610 ", True: "\u2611 "}


def label_alerts(state: StateCore) -> None:
    """Core rule, after blocks are parsed: make alerts quotations with a label."""
    for position, token in enumerate(state.tokens):
        if token.type == "alert_open":
            kind = token.meta["kind"].lower()
            token.tag, token.attrs = "blockquote", {"class": f"alert-{kind}"}
            # The engine's title: a paragraph with the name in English.
            title, inline = state.tokens[position + 1 : position + 3]
            title.attrs, title.block = {}, True
            inline.content = f"**{_get_label(kind, state.env['language'])}**"
        elif token.type == "alert_title_close":
            token.block = True
        elif token.type == "alert_close":
            token.tag = "blockquote"


@lru_cache(maxsize=256)
def _get_label(kind: str, language: str) -> str:
    with override(language or "en"):
        labels = {
            "note": pgettext("alert", "Note"),
            "tip": pgettext("alert", "Tip"),
            "important": pgettext("alert", "Important"),
            "warning": pgettext("alert", "Warning"),
            "caution": pgettext("alert", "Caution"),
        }
        return labels[kind]


def mark_tasks(state: StateCore) -> None:
    """Core rule, after inline parsing: put a ballot box before the text of each task."""
    box = ""
    for token in state.tokens:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            token.attrs.pop("class", None)
        elif token.type == "list_item_open" and "checked" in token.meta:
            box = _BOXES[token.meta["checked"]]
            token.attrs["class"] = "task"
            token.meta = {}
        elif token.type == "inline" and box:
            token.children = [Token("task_box", "", 0, content=box), *(token.children or [])]
            box = ""

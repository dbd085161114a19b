"""The sample's settings and links: loaded from `site.toml`, and compared with what is stored."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.db.models import Model
from modeltranslation.translator import translator

from pages.models import Link, LinkGroup, Page, SiteSettings

STARTER_FOLDER = Path(__file__).resolve().parents[2] / "starter"


def load_site_rows() -> None:
    """Store the sample's settings and links."""
    site = _read_site()
    SiteSettings(**site["settings"]).save()
    _load_groups(site["groups"])


def changed_site_rows() -> dict[type[Model], bool]:
    """Tell of settings and links whether they differ from the sample's."""
    site = _read_site()
    settings = [_stored_columns(row) for row in SiteSettings.objects.all()]
    return {
        SiteSettings: settings != [site["settings"]],
        LinkGroup: _stored_groups(None) != [_expected_group(group, "") for group in site["groups"]],
    }


def _read_site() -> dict[str, Any]:
    return tomllib.loads((STARTER_FOLDER / "site.toml").read_text(encoding="utf-8"))


def _load_groups(groups: Iterable[Mapping], **columns: Any) -> None:
    for weight, group in enumerate(groups, 1):
        own_columns = {name: value for name, value in group.items() if name not in {"links", "parts"}}
        row = LinkGroup.objects.create(weight=weight, **columns, **own_columns)
        for link_weight, link in enumerate(group.get("links", ()), 1):
            page = Page.objects.filter(path=link["page"]).first() if "page" in link else None
            Link.objects.create(group=row, weight=link_weight, **{**link, "page": page})
        _load_groups(group.get("parts", ()), parent=row, position=row.position)


def _stored_columns(row: Model, *without: str) -> dict[str, Any]:
    """Return the columns with a value, as in `site.toml`: of translated fields, only those of the languages."""
    translated = translator.get_options_for_model(type(row)).get_field_names()
    omitted = {"id", "weight", *translated, *without}
    columns = {field.attname: row.__dict__[field.attname] for field in row._meta.concrete_fields}
    return {name: value for name, value in columns.items() if value and name not in omitted}


def _stored_groups(parent: LinkGroup | None) -> list[dict[str, Any]]:
    return [
        {
            **_stored_columns(group, "parent_id"),
            "links": [_stored_link(link) for link in group.links.order_by("weight", "pk").select_related("page")],
            "parts": _stored_groups(group),
        }
        for group in LinkGroup.objects.filter(parent=parent).order_by("weight", "pk")
    ]


def _stored_link(link: Link) -> dict[str, Any]:
    page = {"page": link.page.path} if link.page else {}
    return {**_stored_columns(link, "group_id", "page_id"), **page}


def _expected_group(group: Mapping[str, Any], position: str) -> dict[str, Any]:
    position = group.get("position", position)
    return {
        **group,
        "position": position,
        "links": list(group.get("links", ())),
        "parts": [_expected_group(part, position) for part in group.get("parts", ())],
    }

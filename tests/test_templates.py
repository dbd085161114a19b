"""Names in templates: Django shows nothing for a name that no view provides, so only a test notices a renamed one."""

import re
from pathlib import Path

import django
import pytest
from django.template import Node, Template
from django.template.base import FilterExpression, Variable
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted(path.relative_to(ROOT / "templates").as_posix() for path in (ROOT / "templates").rglob("*.html"))
DJANGO = Path(django.__file__).parent
SOURCES = [
    ROOT / "pages", ROOT / "selfprivacy_site",
    DJANGO / "contrib/admin", DJANGO / "core/paginator.py", DJANGO / "forms", DJANGO / "template",
]  # fmt: skip
# Attributes of nodes that hold the names that a tag sets.
SET_BY_TAGS = ("asvar", "countervar", "extra_context", "loopvars", "variable")


class TemplateNames:
    """The names that a template reads, and those that its tags set."""

    def __init__(self, template: Template):
        self.read: set[str] = set()
        self.assigned: set[str] = set()
        self._visit(template.nodelist)

    def _visit(self, value) -> None:
        if isinstance(value, Variable):
            self.read |= {part for part in value.lookups or () if not part.isdecimal()}
        elif isinstance(value, FilterExpression):
            self._visit([value.var, value.filters])
        elif isinstance(value, dict):
            self._visit(list(value.values()))
        elif isinstance(value, list | tuple):
            for item in value:
                self._visit(item)
        elif type(value).__module__.startswith(("django.template", "django.templatetags", "django.contrib")):
            self._visit_attributes(value)

    def _visit_attributes(self, value) -> None:
        skipped = {"origin", "parser", "token"}
        attributes = {name: item for name, item in getattr(value, "__dict__", {}).items() if name not in skipped}
        for name in SET_BY_TAGS if isinstance(value, Node) else ():
            assigned = attributes.get(name) or ()
            self.assigned |= {assigned} if isinstance(assigned, str) else set(map(str, assigned))
        self._visit(attributes)


@pytest.fixture(scope="module")
def names() -> dict[str, TemplateNames]:
    return {name: TemplateNames(get_template(name).template) for name in TEMPLATES}


@pytest.fixture(scope="module")
def known(names) -> set[str]:
    """Return the identifiers of the sources and of what Django passes to templates, and the names that tags set."""
    files = [file for path in SOURCES for file in (path.rglob("*.py") if path.is_dir() else [path])]
    words = {word for file in files for word in re.findall(r"\w+", file.read_text(encoding="utf-8"))}
    return words.union({"csrf_token", "forloop", "perms"}, *(template.assigned for template in names.values()))


@pytest.mark.parametrize("template", TEMPLATES)
def test_template_reads_only_names_that_exist(names, known, template):
    unknown = {name for name in names[template].read if not re.fullmatch(r"get_\w+_display", name)} - known
    assert unknown == set()


def test_names_are_found_in_every_kind_of_tag(names):
    read = set().union(*(template.read for template in names.values()))
    assert {"presentation", "announcement_action_field", "is_corrected", "orphaned_input", "language_links"} <= read

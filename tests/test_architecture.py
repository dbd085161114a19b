"""The floors of the house: imports only go down, doors do not know each other, and tests mirror the source."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Low to high. Packages on one floor stand side by side and do not know each other.
FLOORS = (
    ("pages.text", "pages.languages"),
    ("pages.diff",),
    ("pages.models",),
    ("pages.history", "pages.translation"),
    ("pages.publishing",),
    ("pages.presentation",),
    ("pages.public", "pages.admin", "pages.hugo", "pages.templatetags"),
    ("pages.management",),
)
HEIGHT = {package: height for height, packages in enumerate(FLOORS) for package in packages}
# They stand beside the house: what they may import of the project, by the beginning of its name.
BESIDE = {
    "pages": (),
    "pages.apps": (),
    "selfprivacy_site.wsgi_middleware": ("selfprivacy_site.wsgi_middleware",),
    "selfprivacy_site": ("selfprivacy_site",),
}
NO_FLOOR = "pages.migrations"
PROJECT = ("pages", "selfprivacy_site")
OUTSIDE_THE_DOOR = ("django", *PROJECT)

# Tests whose name is not that of a module or of a package: what they are about instead.
NAMED_OTHERWISE = {
    "tests/pages/admin/test_edit_conflicts.py": "pages/admin/__init__.py",
    "tests/pages/management/test_import_killed.py": "pages/management/commands/import_hugo.py",
    "tests/pages/public/test_visibility.py": "pages/public/__init__.py",
    "tests/pages/public/test_visibility_unpublished.py": "pages/public/__init__.py",
    "tests/pages/publishing/test_publishing_model.py": "pages/publishing/__init__.py",
    "tests/selfprivacy_site/wsgi_middleware/test_wrap_application.py": "selfprivacy_site/wsgi_middleware/__init__.py",
}
# Django fixes where commands lie; a folder more in the tests would say nothing.
MIRRORS = {"pages/management": "pages/management/commands"}


@dataclass(frozen=True)
class Imported:
    """A module that a source imports, and whether a function does it."""

    name: str
    line: int
    is_inside_a_function: bool


def is_within(name, package):
    return name == package or name.startswith(f"{package}.")


def place_of(name):
    """Return the package that a module belongs to: a floor, or a place beside the house."""
    places = [*HEIGHT, *(place for place in BESIDE if place not in PROJECT)]
    if name in PROJECT:
        return name
    found = next((place for place in places if is_within(name, place)), None)
    return found or ("selfprivacy_site" if is_within(name, "selfprivacy_site") else None)


def imports_of(source, module, *, is_package=False):
    """Return what a module's source imports, relative imports resolved; of `from a import b` both a and a.b."""
    found = []

    def visit(node, inside):
        if isinstance(node, ast.Import):
            found.extend(Imported(alias.name, node.lineno, inside) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = origin(node, module, is_package)
            found.append(Imported(start, node.lineno, inside))
            found.extend(Imported(f"{start}.{alias.name}", node.lineno, inside) for alias in node.names)
        inside = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            visit(child, inside)

    visit(ast.parse(source), False)
    return found


def origin(node, module, is_package):
    if not node.level:
        return node.module
    parts = module.split(".")
    package = parts[: len(parts) - node.level + is_package]
    return ".".join([*package, *([node.module] if node.module else [])])


def troubles(module, source, *, is_package=False):
    """Return a sentence for each thing in which a module does not keep to the floors."""
    place = place_of(module)
    if place is None:
        return [f"{module} has no floor."]
    imported = imports_of(source, module, is_package=is_package)
    found = [f"{module}:{one.line} imports {one.name} in a function." for one in imported if one.is_inside_a_function]
    forbidden = [one for one in imported if not may_import(place, one.name)]
    return found + [f"{module}:{one.line} must not import {one.name}." for one in forbidden]


def may_import(place, name):
    if place == "selfprivacy_site.wsgi_middleware" and name.partition(".")[0] in OUTSIDE_THE_DOOR:
        return is_within(name, place)
    if name.partition(".")[0] not in PROJECT:
        return True
    if place in BESIDE:
        return any(is_within(name, allowed) for allowed in BESIDE[place])
    # The bare package stands in front of what is imported from it: `from pages import text`.
    other = place_of(name)
    return name == "pages" or other == place or HEIGHT.get(other, len(FLOORS)) < HEIGHT[place]


def includes_in(source):
    """Return the modules of addresses and handlers that a source names as strings."""
    strings = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    return [value for value in strings if isinstance(value, str) and value.startswith("pages.")]


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = sorted(
    path for top in PROJECT for path in (ROOT / top).rglob("*.py") if not is_within(module_name(path), NO_FLOOR)
)
TESTS = sorted(path for top in PROJECT for path in (ROOT / "tests" / top).rglob("test_*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_module_keeps_to_its_floor(path):
    source = path.read_text(encoding="utf-8")
    assert troubles(module_name(path), source, is_package=path.name == "__init__.py") == []


def test_app_itself_says_only_what_it_is():
    (statement,) = ast.parse((ROOT / "pages/__init__.py").read_text(encoding="utf-8")).body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value.value, str)


def test_map_in_the_app_names_every_floor_in_order():
    text = ast.get_docstring(ast.parse((ROOT / "pages/__init__.py").read_text(encoding="utf-8")))
    lines = text.split("\n\n")[2].splitlines()
    named = [f"pages.{name}" for line in lines for name in re.match(r"\w+(, \w+)*", line)[0].split(", ")]
    assert named == [*HEIGHT, "pages.apps"]


@pytest.mark.parametrize("path", sorted((ROOT / "selfprivacy_site").rglob("urls.py")), ids=module_name)
def test_addresses_lead_to_the_readers_door_alone(path):
    named = includes_in(path.read_text(encoding="utf-8"))
    assert named
    assert not [name for name in named if not is_within(name, "pages.public")]


@pytest.mark.parametrize(
    ("module", "source", "name"),
    [
        ("pages.text.words", "from pages.models import Page", "pages.models"),
        ("pages.models.page", "import pages.presentation.lists", "pages.presentation.lists"),
        ("pages.models.page", "from pages import publishing", "pages.publishing"),
        ("pages.models.page", "from .. import publishing", "pages.publishing"),
        ("pages.history.a", "from pages import translation", "pages.translation"),
        ("pages.translation", "from pages import history", "pages.history"),
        ("pages.public.views", "import pages.admin", "pages.admin"),
        ("pages.hugo.a", "from pages.public import urls", "pages.public"),
        ("pages.templatetags.a", "import pages.hugo", "pages.hugo"),
        ("pages.admin.a", "import pages.management", "pages.management"),
        ("pages.admin.a", "import pages.apps", "pages.apps"),
        ("pages.admin.a", "import pages.migrations", "pages.migrations"),
        ("pages.management.a", "import selfprivacy_site", "selfprivacy_site"),
        ("pages.apps", "import pages.text", "pages.text"),
        ("pages", "import pages.text", "pages.text"),
        ("selfprivacy_site.urls", "import pages.public", "pages.public"),
        ("selfprivacy_site.wsgi_middleware.a", "import django", "django"),
        ("selfprivacy_site.wsgi_middleware.a", "import pages", "pages"),
        ("selfprivacy_site.wsgi_middleware.a", "from .. import settings", "selfprivacy_site"),
    ],
)
def test_checker_sees_an_import_that_does_not_go_down(module, source, name):
    assert f"{module}:1 must not import {name}." in troubles(module, source)


@pytest.mark.parametrize("module", ["pages.utils", "pages.textual.words", "pages.migrations"])
def test_checker_sees_a_module_without_a_floor(module):
    assert troubles(module, "") == [f"{module} has no floor."]


@pytest.mark.parametrize("start", ["def a():", "async def a():", "class A:\n  def a(self):", "def a():\n  if a:"])
def test_checker_sees_an_import_in_a_function(start):
    line = start.count("\n") + 2
    assert troubles("pages.hugo.a", f"{start}\n    import os") == [f"pages.hugo.a:{line} imports os in a function."]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("pages.text.words", "import re\nimport yaml\nfrom pages.text import source"),
        ("pages.models.page", "from pages.text import source\nfrom pages.models.version import Version"),
        ("pages.management.commands.a", "from pages.hugo import importer\nfrom pages import public"),
        ("pages.admin.a", "import django\nfrom pages.presentation import lists\nfrom . import b"),
        ("selfprivacy_site.wsgi", "from selfprivacy_site.wsgi_middleware import wrap_application"),
        ("selfprivacy_site.wsgi_middleware", "import re\nfrom selfprivacy_site.wsgi_middleware import addresses"),
        ("pages.hugo.a", "if True:\n    import os\n\nclass A:\n    import re"),
    ],
)
def test_checker_passes_what_keeps_to_the_floors(module, source):
    assert troubles(module, source) == []


def test_checker_resolves_relative_imports_of_a_package_from_the_package_itself():
    assert troubles("pages.hugo", "from . import importer", is_package=True) == []
    (trouble,) = troubles("pages.hugo", "from .. import admin", is_package=True)
    assert trouble == "pages.hugo:1 must not import pages.admin."


def mirrored(path):
    """Return the sources that a test could be about: modules and packages that its name is, or begins with."""
    if named := NAMED_OTHERWISE.get(path.relative_to(ROOT).as_posix()):
        return [ROOT / named]
    folder = path.parent.relative_to(ROOT / "tests").as_posix()
    words = path.stem.removeprefix("test_").split("_")
    starts = ["_".join(words[:count]) for count in range(len(words), 0, -1)]
    folders = [ROOT / folder, ROOT / MIRRORS.get(folder, folder)]
    candidates = [top / name for name in starts for top in folders]
    return [path for name in candidates for path in (name.with_suffix(".py"), name / "__init__.py")]


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_path_of_a_test_tells_what_it_is_about(path):
    assert any(source.is_file() for source in mirrored(path))


def test_exceptions_are_about_what_there_is():
    assert not [path for pair in NAMED_OTHERWISE.items() for path in pair if not (ROOT / path).is_file()]


def test_test_of_nothing_that_there_is_would_be_seen():
    for name in ("pages/text/test_words.py", "pages/test_rendering.py", "selfprivacy_site/test_wsgi_middleware_x.py"):
        known = any(source.is_file() for source in mirrored(ROOT / "tests" / name))
        assert known == (name == "selfprivacy_site/test_wsgi_middleware_x.py"), name

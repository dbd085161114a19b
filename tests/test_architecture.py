"""Tests of the architecture: imports go to lower layers and never in a circle, and tests mirror sources."""

import ast
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# From the lowest to the highest. Packages in one layer do not import each other.
LAYERS = (
    ("pages.text", "pages.languages", "selfprivacy_site.wsgi_middleware"),
    ("pages.diff", "pages.english_interface"),
    ("pages.models",),
    ("pages.history", "pages.translation"),
    ("pages.publishing",),
    ("pages.presentation",),
    ("pages.public", "pages.admin", "pages.hugo", "pages.templatetags"),
    ("pages.baking",),
    ("pages.management",),
)
LAYER_OF = {package: height for height, packages in enumerate(LAYERS) for package in packages}
# Packages outside the layers, and which of the project's packages they may import.
UNLAYERED = {
    "pages": (),
    "pages.apps": ("pages.english_interface",),
    "selfprivacy_site": ("selfprivacy_site",),
    # Which languages the admin has decides about the language of a request.
    "selfprivacy_site.middleware": ("selfprivacy_site", "pages.languages"),
    # It puts the WSGI middleware in front of Django, and tells it what it has to know of the pages.
    "selfprivacy_site.wsgi": ("selfprivacy_site", "pages.public"),
}
UNCHECKED = "pages.migrations"
# The sub-packages of each package, in layers from the lowest to the highest. They follow the same rule, also through
# the modules next to them.
SUBPACKAGE_LAYERS = {
    "pages.admin": (("overview",), ("editing",), ("publishing", "site")),
    "pages.baking": (("planning",), ("writing",), ("answers",)),
    "pages.hugo": (
        ("git", "site_structure"),
        ("withholding",),
        ("site_details",),
        ("commits",),
        ("importing", "exporting"),
    ),
    "pages.management": (("commands",),),
    "pages.presentation": (("comparison",), ("editors",)),
    "pages.public": (("machine_readable",), ("response_cache",)),
    "pages.publishing": (("sample",), ("pictures", "importing")),
    "pages.text": (("front_matter", "extensions"), ("checks",)),
    "pages.text.checks": (("parity",),),
    "pages.text.extensions": (("raw_html",),),
    "selfprivacy_site": (("wsgi_middleware", "formats", "sqlite3", "postgresql"), ("login",)),
    "selfprivacy_site.formats": (("en", "ru"),),
}
PROJECT = ("pages", "selfprivacy_site")
NOT_IN_MIDDLEWARE = ("django", *PROJECT)

# Tests that are not named after a module or package, and the source that they test.
SUBJECTS = {
    "tests/pages/admin/test_edit_conflicts.py": "pages/admin/__init__.py",
    "tests/pages/text/extensions/test_like_hugo.py": "pages/text/extensions/__init__.py",
    "tests/pages/management/test_import_killed.py": "pages/management/commands/import_hugo.py",
    "tests/pages/hugo/importing/test_withheld_tree.py": "pages/hugo/withholding/__init__.py",
    "tests/pages/hugo/importing/test_withheld_history.py": "pages/hugo/withholding/__init__.py",
    "tests/pages/public/visibility/test_states.py": "pages/public/__init__.py",
    "tests/pages/public/visibility/test_redacted.py": "pages/public/__init__.py",
    "tests/pages/public/visibility/test_unpublished.py": "pages/public/__init__.py",
    "tests/pages/publishing/test_publishing_model.py": "pages/publishing/__init__.py",
    "tests/selfprivacy_site/wsgi_middleware/test_wrap_application.py": "selfprivacy_site/wsgi_middleware/__init__.py",
}
# Django fixes the folder of commands; the tests do without that level.
MIRRORS = {"pages/management": "pages/management/commands"}


@dataclass(frozen=True)
class ImportedModule:
    """A module that a source imports, and whether it does so within a function."""

    name: str
    line: int
    is_in_function: bool


def is_inside(name, package):
    return name == package or name.startswith(f"{package}.")


def package_of(name):
    """Return the layered or unlayered package that a module belongs to, None if there is none."""
    packages = [*LAYER_OF, *(package for package in UNLAYERED if package not in PROJECT)]
    if name in PROJECT:
        return name
    match = next((package for package in packages if is_inside(name, package)), None)
    return match or ("selfprivacy_site" if is_inside(name, "selfprivacy_site") else None)


def find_imports(source, module, *, is_package=False):
    """Return the imports of a module, relative ones resolved; `from a import b` counts as a and as a.b."""
    imports = []

    def visit(node, inside):
        if isinstance(node, ast.Import):
            imports.extend(ImportedModule(alias.name, node.lineno, inside) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = resolve_origin(node, module, is_package)
            imports.append(ImportedModule(start, node.lineno, inside))
            imports.extend(ImportedModule(f"{start}.{alias.name}", node.lineno, inside) for alias in node.names)
        inside = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            visit(child, inside)

    visit(ast.parse(source), False)
    return imports


def resolve_origin(node, module, is_package):
    if not node.level:
        return node.module
    parts = module.split(".")
    package = parts[: len(parts) - node.level + is_package]
    return ".".join([*package, *([node.module] if node.module else [])])


def find_violations(module, source, *, is_package=False):
    """Return a sentence for each import that breaks the rules."""
    package = package_of(module)
    if package is None:
        return [f"{module} is in no layer."]
    imported = find_imports(source, module, is_package=is_package)
    violations = [
        f"{module}:{module_import.line} imports {module_import.name} in a function."
        for module_import in imported
        if module_import.is_in_function
    ]
    forbidden = [module_import for module_import in imported if not can_import(package, module_import.name)]
    return violations + [
        f"{module}:{module_import.line} must not import {module_import.name}." for module_import in forbidden
    ]


def can_import(package, name):
    """Tell whether a module of the package may import the named module."""
    if package == "selfprivacy_site.wsgi_middleware" and name.partition(".")[0] in NOT_IN_MIDDLEWARE:
        return is_inside(name, package)
    if name.partition(".")[0] not in PROJECT:
        return True
    if package in UNLAYERED:
        return any(is_inside(name, allowed) for allowed in UNLAYERED[package])
    # `from pages import text` also counts as an import of the package itself.
    imported = package_of(name)
    return name == "pages" or imported == package or LAYER_OF.get(imported, len(LAYERS)) < LAYER_OF[package]


def find_included_modules(source):
    """Return the URL and handler modules that a source names in strings."""
    strings = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    return [value for value in strings if isinstance(value, str) and value.startswith("pages.")]


@dataclass(frozen=True)
class ModuleGraph:
    """Which of the project's modules each of them imports."""

    imports: dict[str, set[str]]

    @classmethod
    def of_sources(cls, sources):
        """Read the graph from a dictionary of source code by module; a package's name ends with `.__init__`."""
        modules = {name.removesuffix(".__init__") for name in sources}
        imports = {}
        for name, source in sources.items():
            module = name.removesuffix(".__init__")
            imported = find_imports(source, module, is_package=module != name)
            imports[module] = {entry.name for entry in imported} & modules - {module}
        return cls(imports)

    def members(self, package):
        """Return for each module and sub-package of a package those next to it that it imports."""
        members = defaultdict(set)
        for module, imported in self.imports.items():
            if is_inside(module, package) and module != package:
                member = member_name(module, package)
                others = {member_name(name, package) for name in imported if name.startswith(f"{package}.")}
                members[member] |= others - {member}
        return members


def member_name(module, package):
    return module.removeprefix(f"{package}.").partition(".")[0]


def find_cycle(graph):
    """Return the names in one import cycle, or nothing."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def find_order_violations(members, layers):
    """Return a sentence for each sub-package that imports, in whatever way, one that is not in a lower layer."""
    height_of = {name: height for height, names in enumerate(layers) for name in names}
    return [
        f"{name} must not import {imported}."
        for name in height_of
        for imported in sorted(reachable_members(members, name) - {name})
        if height_of.get(imported, -1) >= height_of[name]
    ]


def reachable_members(members, start):
    """Return the members that one imports directly or through others."""
    reached, unread = set(), [start]
    while unread:
        new = members.get(unread.pop(), set()) - reached
        reached |= new
        unread += new
    return reached


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def source_name(path):
    """Return the name of a module, with `.__init__` for a package."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


SOURCES = sorted(
    path for top in PROJECT for path in (ROOT / top).rglob("*.py") if not is_inside(module_name(path), UNCHECKED)
)
GRAPH = ModuleGraph.of_sources({source_name(path): path.read_text(encoding="utf-8") for path in SOURCES})
PACKAGES = sorted(module_name(path) for path in SOURCES if path.name == "__init__.py")
TESTS = sorted(path for top in PROJECT for path in (ROOT / "tests" / top).rglob("test_*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_module_imports_only_lower_layers(path):
    source = path.read_text(encoding="utf-8")
    assert find_violations(module_name(path), source, is_package=path.name == "__init__.py") == []


def test_modules_import_each_other_without_cycles():
    assert find_cycle(GRAPH.imports) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_members_of_a_package_import_each_other_without_cycles(package):
    assert find_cycle(GRAPH.members(package)) == []


@pytest.mark.parametrize("package", SUBPACKAGE_LAYERS)
def test_subpackage_imports_only_lower_subpackages(package):
    assert find_order_violations(GRAPH.members(package), SUBPACKAGE_LAYERS[package]) == []


def test_every_subpackage_has_a_layer():
    inner = {package for package in PACKAGES if package.count(".") > 1 or package.startswith("selfprivacy_site.")}
    names = [f"{package}.{name}" for package, layers in SUBPACKAGE_LAYERS.items() for name in chain(*layers)]
    assert sorted(names) == sorted(inner)


def test_app_package_contains_only_its_docstring():
    (statement,) = ast.parse((ROOT / "pages/__init__.py").read_text(encoding="utf-8")).body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value.value, str)


def test_app_docstring_lists_the_layers_in_order():
    text = ast.get_docstring(ast.parse((ROOT / "pages/__init__.py").read_text(encoding="utf-8")))
    lines = text.split("\n\n")[2].splitlines()
    named = [f"pages.{name}" for line in lines for name in re.match(r"\w+(, \w+)*", line)[0].split(", ")]
    assert named == [*(name for name in LAYER_OF if is_inside(name, "pages")), "pages.apps"]


@pytest.mark.parametrize("path", sorted((ROOT / "selfprivacy_site").rglob("urls.py")), ids=module_name)
def test_urls_include_only_public_modules(path):
    named = find_included_modules(path.read_text(encoding="utf-8"))
    assert named
    assert not [name for name in named if not is_inside(name, "pages.public")]


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
def test_checker_finds_an_import_of_a_higher_layer(module, source, name):
    assert f"{module}:1 must not import {name}." in find_violations(module, source)


@pytest.mark.parametrize("module", ["pages.utils", "pages.textual.words", "pages.migrations"])
def test_checker_finds_a_module_without_a_layer(module):
    assert find_violations(module, "") == [f"{module} is in no layer."]


@pytest.mark.parametrize("start", ["def a():", "async def a():", "class A:\n  def a(self):", "def a():\n  if a:"])
def test_checker_finds_an_import_in_a_function(start):
    line = start.count("\n") + 2
    assert find_violations("pages.hugo.a", f"{start}\n    import os") == [
        f"pages.hugo.a:{line} imports os in a function."
    ]


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
def test_checker_accepts_allowed_imports(module, source):
    assert find_violations(module, source) == []


def test_checker_resolves_relative_imports_from_the_package():
    assert find_violations("pages.hugo", "from . import importer", is_package=True) == []
    (violation,) = find_violations("pages.hugo", "from .. import admin", is_package=True)
    assert violation == "pages.hugo:1 must not import pages.admin."


def graph_of(**sources):
    """Return the graph of modules of a package `a`; two underscores in a name stand for a dot."""
    return ModuleGraph.of_sources(
        {"a.__init__": ""} | {f"a.{name.replace('__', '.')}": sources[name] for name in sources}
    )


@pytest.mark.parametrize(
    "graph",
    [
        graph_of(b="from a import c", c="import a.b"),
        graph_of(b="from . import c", c="from .d import e", d="from a.b import f"),
        # Two packages, though no two modules.
        graph_of(b__x="import a.c.x", b__y="", c__x="", c__y="import a.b.y"),
        graph_of(b="import a.c.x", c__x="", c__y="import a.b"),
    ],
)
def test_checker_finds_an_import_cycle(graph):
    assert {"b", "c"} <= set(find_cycle(graph.members("a")))


def test_checker_finds_a_cycle_of_a_package_with_its_own_module():
    graph = ModuleGraph.of_sources({"a.__init__": "from a import b", "a.b": "from a import c"})
    assert set(find_cycle(graph.imports)) == {"a", "a.b"}


def test_checker_accepts_imports_without_a_cycle():
    graph = graph_of(
        b="from a import c, d", c="from . import d", d="", e__x="from a.e import y\nfrom a import b", e__y=""
    )
    assert find_cycle(graph.members("a")) == find_cycle(graph.imports) == []


@pytest.mark.parametrize(
    ("layers", "violation"),
    [
        ((("c",), ("b",)), []),
        ((("b",), ("c",)), ["b must not import c."]),
        ((("b", "c"),), ["b must not import c."]),
    ],
)
def test_checker_finds_an_import_of_a_higher_subpackage(layers, violation):
    direct = graph_of(b__x="import a.c.x", c__x="")
    indirect = graph_of(b__x="import a.d", c__x="", d="from a.c import x")
    assert find_order_violations(direct.members("a"), layers) == violation
    assert find_order_violations(indirect.members("a"), layers) == violation


def possible_sources(path):
    """Return the modules and packages that a test may be named after."""
    if named := SUBJECTS.get(path.relative_to(ROOT).as_posix()):
        return [ROOT / named]
    folder = path.parent.relative_to(ROOT / "tests").as_posix()
    words = path.stem.removeprefix("test_").split("_")
    starts = ["_".join(words[:count]) for count in range(len(words), 0, -1)]
    folders = [ROOT / folder, ROOT / MIRRORS.get(folder, folder)]
    candidates = [top / name for name in starts for top in folders]
    return [path for name in candidates for path in (name.with_suffix(".py"), name / "__init__.py")]


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_test_is_named_after_a_source(path):
    assert any(source.is_file() for source in possible_sources(path))


def test_exceptions_name_existing_files():
    assert not [path for pair in SUBJECTS.items() for path in pair if not (ROOT / path).is_file()]


def test_test_without_a_source_is_found():
    for name in ("pages/text/test_words.py", "pages/test_rendering.py", "selfprivacy_site/test_wsgi_middleware_x.py"):
        known = any(source.is_file() for source in possible_sources(ROOT / "tests" / name))
        assert known == (name == "selfprivacy_site/test_wsgi_middleware_x.py"), name


def test_no_class_name_is_used_twice():
    nodes = (node for path in SOURCES for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    counts = Counter(node.name for node in nodes if isinstance(node, ast.ClassDef))
    # Django looks for these names.
    assert sorted(name for name, count in counts.items() if count > 1) == ["Command", "DatabaseWrapper", "Meta"]

"""The documentation names only what exists, and everything that administrators and developers use is documented."""

import re
import shutil
import subprocess
import sys

import pytest

from pages.management.catalogues import extract_messages
from pages.models.permissions import EDITORS, PUBLISHERS, REVIEWERS
from pages.public import language_neutral_urls, urls
from tests.documentation import (
    DOCUMENTS,
    NOT_IN_REPOSITORY,
    ROOT,
    TEST_VARIABLES,
    Document,
    addresses,
    command_options,
    find_broken_links,
    find_missing_addresses,
    find_missing_commands,
    find_missing_files,
    find_missing_targets,
    find_missing_variables,
    makefile_names,
    named_targets,
    our_commands,
    read,
    url_name,
)
from tests.settings import ENV_NAMES

CHECKS = (
    find_missing_targets,
    find_missing_commands,
    find_missing_variables,
    find_missing_files,
    find_missing_addresses,
    find_broken_links,
)
OPERATING = ROOT / "docs" / "operating.md"
EDITING = ROOT / "docs" / "editing.md"


@pytest.fixture(scope="module")
def documents():
    return [read(path) for path in DOCUMENTS]


@pytest.fixture(scope="module")
def code(documents):
    return [code for document in documents for code in document.code]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_document_names_only_what_exists(check, path):
    assert list(check(read(path))) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_document_names_its_audience_in_its_first_line(path):
    first = read(path).text.split("\n\n")[1]
    assert first.startswith("*For ") or path.name == "README.md"


def test_readme_is_short_and_names_the_two_commands_and_the_screenshot_first():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    beginning = text.partition("\n## ")[0]
    assert len(text.splitlines()) <= 100
    for name in ("`make run`", "`make test`", "(docs/page.png)"):
        assert name in beginning


def test_every_document_is_linked_in_the_readme():
    linked = {(ROOT / link.partition("#")[0]).resolve() for link in read(ROOT / "README.md").links}
    assert set(DOCUMENTS) - linked == {ROOT / "README.md"}


def test_every_target_of_the_makefile_is_documented(documents):
    targets = makefile_names()[0]
    assert targets == set().union(*map(named_targets, documents))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [target for target in targets - {"help"} if f'@echo "make {target} ' not in makefile] == []


def test_every_command_and_its_options_are_documented(code):
    for command in our_commands():
        assert any(re.search(rf"manage\.py {command}\b", line) for line in code), command
        for option in command_options(command) - {"--help", "-h"}:
            assert any(re.search(rf"(^|\s){option}\b", line) for line in code), f"{command} {option}"


def test_every_setting_is_documented_with_its_default():
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    defaults = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE))
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", OPERATING.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(name for name, _default in rows) == sorted(ENV_NAMES)
    for name, default in rows:
        assert not defaults[name] or default == f"`{defaults[name]}`", name


def test_every_public_address_is_documented(documents):
    documented = {url_name(address) for document in documents for address in addresses(document)}
    patterns = [*urls.urlpatterns, *language_neutral_urls.urlpatterns]
    assert {pattern.name for pattern in patterns} <= documented


def test_every_group_is_documented(code):
    assert {EDITORS, PUBLISHERS, REVIEWERS, "Translators: ru"} <= {name for line in code for name in [line]}


def test_every_package_is_in_the_map_and_in_the_picture():
    packages = {path.parent.name for path in (ROOT / "pages").glob("*/__init__.py")} - {"migrations"}
    modules = {"translation", "languages"}
    names = re.findall(r'class="name"[^>]*>(.*?)<', (ROOT / "docs/layers.svg").read_text(encoding="utf-8"))
    assert packages | modules | {"selfprivacy_site"} == set(names)
    rows = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    assert [name for name in packages if f"`pages/{name}`" not in rows] == []


def test_bold_names_in_the_editors_guide_are_those_of_the_interface():
    messages = {text.casefold() for message in extract_messages() for text in [message.id] if isinstance(text, str)}
    labels = {label.casefold() for label in read(EDITING).labels}
    assert labels
    assert labels - messages == set()


def test_exceptions_are_needed(code):
    words = {word for line in code for word in line.split()}
    assert words >= NOT_IN_REPOSITORY
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("*.py"))
    for name in TEST_VARIABLES:
        assert f'environ.get("{name}"' in tests


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("`make runn`", "make runn: the Makefile has no such target."),
        ("    PORT=1 make fly\n", "make fly: the Makefile has no such target."),
        ("`manage.py fly`", "manage.py fly: there is no such command."),
        ("    .venv/bin/python manage.py fly --now\n", "manage.py fly: there is no such command."),
        ("`manage.py export_hugo --fly`", "manage.py export_hugo has no --fly."),
        ("`manage.py axes_reset --history`", "manage.py axes_reset has no --history."),
        ("`--fly`", "--fly: no command has this option."),
        ("`SITE_ULR`", "SITE_ULR: there is no such setting, variable or constant."),
        ("`PROT=1 make run`", "PROT: there is no such setting, variable or constant."),
        ("`FLY_…`", "FLY_: there is no such setting, variable or constant."),
        ("`pages/fly.py`", "pages/fly.py: there is no such file."),
        ("`fly.md`", "fly.md: there is no such file."),
        ("`.fly`", ".fly: there is no such file."),
        ("    python3 docs/fly.py\n", "docs/fly.py: there is no such file."),
        ("`…/fly/`", "…/fly/: the site has no such address."),
        ("`/fly`", "/fly: the site has no such address."),
        ("`/admin/fly/`", "/admin/fly/: the site has no such address."),
        ("<http://127.0.0.1:8000/fly/>", "/fly/: the site has no such address."),
        ("[a](docs/fly.md)", "docs/fly.md: there is no such file."),
        ("![a](docs/fly.png)", "docs/fly.png: there is no such file."),
        ("[a](docs/editing.md#fly)", "docs/editing.md#fly: there is no such heading."),
        ("# Walk\n\n[a](#fly)", "#fly: there is no such heading."),
    ],
)
def test_what_does_not_exist_is_found(text, problem):
    document = Document(ROOT / "README.md", text)
    assert [problem for check in CHECKS for problem in check(document)] == [problem]


@pytest.mark.parametrize(
    "text",
    [
        "`make run` `PORT=1 make run PYTHON=/path/to/python` `make messages LANGUAGE=de`",
        "`manage.py import_hugo SOURCE --history` `manage.py check --deploy` `--dry-run` `axes_reset`",
        "`SITE_URL=https://example.org` `SITE_URL` `AXES_…` `RENDERER_VERSION` `HASH`",
        "`pages/models/page.py` `pages/models/` `pages/models` `.env.example` `Makefile` `check_history` `public(at)`",
        "`…/v/3/index.md` `/ru` `/healthz` `/media/DIGEST` `…/changes/?since=2023-05-15` <http://127.0.0.1:8000/admin/>",
        "# Walk\n\n[a](#walk) [b](docs/editing.md#words) [c](https://example.org/fly)",
    ],
)
def test_what_exists_is_accepted(text):
    document = Document(ROOT / "README.md", text)
    assert [problem for check in CHECKS for problem in check(document)] == []


def find_blocks(language):
    """Return the blocks of code in a language, which `docs/operating.md` tells to copy."""
    return [token.content for token in read(OPERATING).tokens if token.type == "fence" and token.info == language]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed here")
def test_units_of_systemd_are_valid(tmp_path):
    for name, content in zip(("policies.socket", "policies.service"), find_blocks("ini"), strict=True):
        # The program has to exist.
        (tmp_path / name).write_text(content.replace("/opt/policies/.venv/bin/python", sys.executable))
    result = subprocess.run(
        ["systemd-analyze", "verify", *sorted(tmp_path.iterdir())], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed here")
def test_configuration_of_nginx_is_valid(tmp_path):
    (content,) = find_blocks("nginx")
    # Without the certificate, which is not here, and without files of the system.
    content = re.sub(r"ssl_certificate.*|(?<=443) ssl", "", content).replace("/var/log/nginx", str(tmp_path))
    log = f"pid {tmp_path / 'pid'}; error_log {tmp_path / 'log'};"
    (tmp_path / "nginx.conf").write_text(f"{log} events {{}} http {{ {content} }}")
    result = subprocess.run(
        ["nginx", "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr

"""Settings: each is documented, an invalid one is reported in one sentence, and the defaults are safe."""

import ast
import runpy
import stat
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured

from selfprivacy_site import settings as module
from tests.processes import ENV_NAMES, ROOT, environment, manage, run_python

SECRET = "sesame"
SETTINGS = ROOT / "selfprivacy_site/settings.py"


def names_read(source):
    """Return the names of the environment variables that a source reads."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    readers = ("env_value", "os.environ.get", "os.getenv")
    named = [call.args[0] for call in calls if ast.unparse(call.func) in readers]
    named += [node.slice for node in ast.walk(ast.parse(source)) if is_environ_lookup(node)]
    return {name.value for name in named if isinstance(name, ast.Constant)}


def is_environ_lookup(node):
    return isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ"


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Return a function that loads the settings again in this process, with only the given variables set."""

    def load_settings(data=tmp_path, **variables):
        for name, value in environment(data, **variables).items():
            monkeypatch.setenv(name, value)
        return SimpleNamespace(**runpy.run_path(str(SETTINGS)))

    return load_settings


def test_names_read_finds_every_way_to_read_a_variable():
    source = 'env_value("A", int, 1, "")\nos.environ.get("B")\nos.environ["C"]\nos.environ.get(name)\nother("D")'
    assert names_read(source) == {"A", "B", "C"}


def test_env_example_lists_exactly_the_variables_that_settings_read():
    assert names_read((ROOT / "selfprivacy_site/settings.py").read_text(encoding="utf-8")) == set(ENV_NAMES)


def test_every_variable_in_env_example_has_a_comment():
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assert not [line for before, line in zip(["", *lines], lines, strict=False) if "=" in line and before[:2] != "# "]


def test_unchanged_env_example_changes_no_setting(tmp_path, load):
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    values = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    defaults, with_example = load(), load(**{**values, "DATA_DIR": str(tmp_path)})
    names = [name for name in vars(defaults) if name.isupper()]
    assert [(name, vars(with_example)[name]) for name in names] == [(name, vars(defaults)[name]) for name in names]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "0"),
        ("PORT", "-1"),
        ("PORT", "65536"),
        ("PORT", "80.5"),
        ("WORKERS", "0"),
        ("WORKERS", "many"),
        ("THREADS", "1"),
        ("THREADS", "1000"),
        ("SITE_URL", "ftp://x"),
        ("SITE_URL", "policies.example.org"),
        ("SITE_URL", "https://"),
        ("SITE_URL", "https://example.org/policies"),
        ("SITE_URL", "https://example.org?a"),
        ("SITE_URL", "https://example.org#a"),
        ("SITE_URL", "https://example.org:port"),
        ("SITE_URL", "https://example.org:0"),
        ("SITE_URL", "https://ann@example.org"),
        ("SITE_URL", "https://exa mple.org"),
        ("SITE_URL", "https://[example.org"),
        ("ALLOWED_HOSTS", "example.org,,example.com"),
        ("PROXIES", "-1"),
        ("PROXIES", "x"),
        ("DEBUG", "perhaps"),
        ("SITE_LANGUAGES", "xx"),
        ("SITE_LANGUAGES", "en,eo"),
        ("SITE_LANGUAGES", "en,en"),
        ("SITE_LANGUAGES", "en,EN"),
        ("SITE_LANGUAGES", "en,,ru"),
        ("SITE_LANGUAGES", "en,"),
        ("SITE_LANGUAGES", ","),
        ("PUBLIC_CATALOGUES", "ru"),
        ("PUBLIC_CATALOGUES", "fr,de"),
        ("ONE_TIME_CODES", "perhaps"),
        ("ONE_TIME_CODES", "true"),
        ("TIME_ZONE", "Mars/Base"),
        ("TIME_ZONE", "../../etc/passwd"),
        ("DATABASE_URL", f"mysql://ann:{SECRET}@host/name"),
        ("DATABASE_URL", f"mssql://ann:{SECRET}@host/name"),
        ("DATABASE_URL", f"postgres://ann:{SECRET}@host:port/name"),
        ("DATABASE_URL", f"postgres://ann:se/{SECRET}@host/name"),
        ("DATABASE_URL", f"postgres://ann:{SECRET}@host"),
        ("DATABASE_URL", f"postgres:ann:{SECRET}@host/name"),
        ("DATABASE_URL", f"{SECRET}@host/name"),
        ("DATABASE_URL", "rubbish"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "sqlite://:memory:"),
        ("EMAIL_URL", f"mail://ann:{SECRET}@host"),
        ("EMAIL_URL", f"smtp://ann:{SECRET}@host:port"),
        ("EMAIL_URL", f"smtp://ann:se/{SECRET}@host"),
        ("EMAIL_URL", f"smtp://ann:{SECRET}@"),
        ("EMAIL_URL", f"{SECRET}@host"),
        ("EMAIL_FROM", "ann"),
        ("EMAIL_FROM", "ann@example.org, bob@example.org"),
        ("DATA_DIR", "/proc/nope"),
        ("DATA_DIR", "/dev/null"),
        ("DATA_DIR", "/proc"),
    ],
)
def test_invalid_value_is_reported_in_one_sentence_that_names_the_variable(tmp_path, monkeypatch, name, value):
    for variable, text in {**environment(tmp_path), name: value}.items():
        monkeypatch.setenv(variable, text)
    with pytest.raises(ImproperlyConfigured) as raised:
        runpy.run_path(str(ROOT / "selfprivacy_site/settings.py"))
    sentence = str(raised.value)
    assert sentence.startswith(name)
    assert " is invalid: expected " in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert SECRET not in sentence


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "abc"), ("SITE_LANGUAGES", "xx"), ("DATABASE_URL", "mysql://a@b/c")]
)
def test_invalid_value_stops_manage_py_with_one_sentence(tmp_path, name, value):
    process = manage("check", data=tmp_path, **{name: value})
    assert (process.returncode, process.stdout) == (1, "")
    assert process.stderr.startswith(f"Configuration: {name}")
    assert (process.stderr.count("\n"), process.stderr[-2:]) == (1, ".\n")
    assert " is invalid: expected " in process.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "DJANGO_SUPERUSER_PASSWORD"])
def test_secret_that_begins_with_a_dollar_sign_is_not_expanded(load, name):
    assert getattr(load(**{name: "$sesame"}), name) == "$sesame"


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["-c", "import selfprivacy_site.wsgi"], id="import"),
        pytest.param(
            ["-m", "granian", "--interface", "wsgi", "--port", "0", "selfprivacy_site.wsgi:application"], id="granian"
        ),
    ],
)
def test_server_reports_the_invalid_value_too(tmp_path, arguments):
    process = run_python(*arguments, data=tmp_path, PORT="abc")
    assert process.returncode == 1
    assert "Configuration: PORT='abc' is invalid: expected a port number from 1 to 65535.\n" in process.stderr
    assert "Traceback" not in process.stderr + process.stdout


def test_defaults_are_safe_and_serve_this_machine_only(load):
    settings = load()
    assert settings.ALLOWED_HOSTS == ["localhost", "127.0.0.1", "[::1]"]
    assert (settings.DEBUG, settings.PORT, settings.LANGUAGE_CODE) == (False, 8000, "en")


def test_secret_key_is_created_once_and_readable_by_its_owner_only(tmp_path, load):
    first = load().SECRET_KEY
    path = tmp_path / "secret_key"
    assert (len(first), stat.S_IMODE(path.stat().st_mode)) == (50, 0o600)
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]
    assert load().SECRET_KEY == first == path.read_text()


def test_secret_key_from_the_environment_is_not_stored(tmp_path, load):
    assert load(SECRET_KEY="chosen").SECRET_KEY == "chosen"
    assert list(tmp_path.iterdir()) == []


def test_processes_that_start_at_once_share_one_secret_key(tmp_path, monkeypatch):
    keys = iter(["first", "second"])
    created_by_another_process = []

    def create_key_while_another_process_starts():
        key = next(keys)
        if key == "first":
            created_by_another_process.append(module.load_or_create_secret_key(tmp_path))
        return key

    monkeypatch.setattr(module, "get_random_secret_key", create_key_while_another_process_starts)
    assert module.load_or_create_secret_key(tmp_path) == "second"
    assert created_by_another_process == ["second"]


@pytest.mark.parametrize(
    ("variables", "name", "expected"),
    [
        ({"SITE_URL": "https://Policies.Example.org/"}, "SITE_URL", "https://policies.example.org"),
        ({"SITE_URL": "https://policies.example.org:8443"}, "ALLOWED_HOSTS", ["policies.example.org"]),
        ({"SITE_URL": "http://[::1]:8000"}, "SITE_URL", "http://[::1]:8000"),
        ({"SITE_URL": "http://[::1]:8000"}, "HTTPS", False),
        ({"ALLOWED_HOSTS": "a.example, b.example"}, "ALLOWED_HOSTS", ["a.example", "b.example"]),
        ({"DEBUG": " Yes"}, "DEBUG", True),
        ({"DEBUG": "0"}, "DEBUG", False),
        ({"PROXIES": "2"}, "PROXIES", 2),
        ({"ONE_TIME_CODES": " Required"}, "ONE_TIME_CODES", "required"),
        ({"SITE_URL": "https://a.example:8443"}, "OTP_TOTP_ISSUER", "a.example"),
        ({"SITE_LANGUAGES": "ar,en"}, "MODELTRANSLATION_DEFAULT_LANGUAGE", "ar"),
        ({"TIME_ZONE": "Europe/Berlin"}, "TIME_ZONE", "Europe/Berlin"),
    ],
)
def test_valid_value_is_used(load, variables, name, expected):
    assert getattr(load(**variables), name) == expected


def test_codes_of_served_languages_are_normalised(load):
    assert list(dict(load(SITE_LANGUAGES="RU, zh-Hans").LANGUAGES)) == ["ru", "zh-hans"]


@pytest.mark.parametrize(
    ("url", "key", "expected"),
    [
        ("postgres://ann:p%40ss@host/name", "PASSWORD", "p@ss"),
        ("postgresql:///name", "NAME", "name"),
        ("sqlite:////srv/site.db", "NAME", "/srv/site.db"),
    ],
)
def test_database_is_that_of_its_address(load, url, key, expected):
    assert load(DATABASE_URL=url).DATABASES["default"][key] == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://localhost", ("localhost", 25, "", "", False, False)),
        ("smtp+tls://ann:p%40ss@mail.example", ("mail.example", 587, "ann", "p@ss", True, False)),
        ("smtp+ssl://ann:pass@mail.example:2465", ("mail.example", 2465, "ann", "pass", False, True)),
        ("", ("", 25, "", "", False, False)),
    ],
)
def test_mail_server_is_that_of_its_address(load, url, expected):
    loaded = load(EMAIL_URL=url)
    names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL")
    assert tuple(getattr(loaded, f"EMAIL_{name}") for name in names) == expected


@pytest.mark.parametrize(
    ("mail_server", "site", "sends_mail"),
    [("smtp://host", "https://a.example:8443", True), ("smtp://host", "", False), ("", "https://a.example", False)],
)
def test_mail_needs_a_server_and_the_address_of_the_site(load, mail_server, site, sends_mail):
    assert load(EMAIL_URL=mail_server, SITE_URL=site).SENDS_MAIL is sends_mail


def test_mail_comes_from_the_host_of_the_site_unless_set(load):
    site = "https://a.example:8443"
    assert load(SITE_URL=site).DEFAULT_FROM_EMAIL == "noreply@a.example"
    assert load(SITE_URL=site, EMAIL_FROM="ann@b.example").DEFAULT_FROM_EMAIL == "ann@b.example"


@pytest.mark.parametrize("url", ["", " "])
def test_default_database_is_in_the_data_folder_whatever_its_name(tmp_path, load, url):
    data = tmp_path / "c++ %20?#ж"
    assert load(data, DATABASE_URL=url).DATABASES["default"]["NAME"] == str(data / "site.sqlite3")


def test_deployment_check_passes_with_only_an_address_and_a_proxy(tmp_path):
    options = {"SITE_URL": "https://policies.example.org", "PROXIES": "1"}
    process = manage("check", "--deploy", "--fail-level", "WARNING", data=tmp_path, **options)
    assert (process.returncode, process.stderr) == (0, "")
    assert process.stdout == "System check identified no issues (1 silenced).\n"


def test_deployment_check_warns_of_an_endless_redirect(tmp_path):
    process = manage("check", "--deploy", data=tmp_path, SITE_URL="https://policies.example.org")
    assert "(pages.W001) SITE_URL begins with https, but PROXIES is 0" in process.stderr


def test_deployment_check_passes_with_mail(tmp_path):
    options = {"SITE_URL": "https://policies.example.org", "PROXIES": "1", "EMAIL_URL": "smtp+tls://ann:pass@host"}
    process = manage("check", "--deploy", "--fail-level", "WARNING", data=tmp_path, **options)
    assert (process.returncode, process.stderr) == (0, "")


def test_deployment_check_warns_of_mail_without_an_address_of_the_site(tmp_path):
    process = manage("check", "--deploy", data=tmp_path, EMAIL_URL="smtp://host")
    assert "(pages.W002) EMAIL_URL is set, but SITE_URL is not: no mail is sent." in process.stderr


def test_mistyped_name_in_the_env_file_is_found():
    lines = ["# SITE_ULR=x", "SITE_ULR=https://example.org", "export PROXYS = 1", "PORT=1", "COMPOSE_PROJECT=x", "x"]
    names = {"SITE_URL", "PROXIES", "PORT", "SITE_LANGUAGES"}
    assert module.find_mistyped_names(lines, names) == [("SITE_ULR", "SITE_URL"), ("PROXYS", "PROXIES")]


def test_names_of_the_env_example_are_not_mistyped(load):
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assert load()._names_read == set(ENV_NAMES)
    assert module.find_mistyped_names(lines, set(ENV_NAMES)) == []


def test_mistyped_name_stops_the_start_with_one_sentence(tmp_path):
    project = tmp_path / "project"
    (project / "selfprivacy_site").mkdir(parents=True)
    (project / "selfprivacy_site" / "settings.py").write_bytes(SETTINGS.read_bytes())
    (project / ".env").write_text("SITE_ULR=https://example.org\n")
    with pytest.raises(ImproperlyConfigured, match=r"^SITE_ULR in .*/\.env is no setting: expected SITE_URL\.$"):
        runpy.run_path(str(project / "selfprivacy_site" / "settings.py"))


@pytest.mark.parametrize("languages", ["", "en,ru,ar", "ru", "zh-hans,th"])
def test_migrations_do_not_depend_on_the_served_languages(tmp_path, languages):
    process = manage("makemigrations", "--check", "--dry-run", data=tmp_path, SITE_LANGUAGES=languages)
    assert (process.returncode, process.stdout, process.stderr) == (0, "No changes detected\n", "")

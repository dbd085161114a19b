# Run `make run` or `make test`: each target installs what it needs into .venv first.

# The first of these that runs and is new enough. The site is developed on 3.11.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
	$$python -c '$(IS_NEW_ENOUGH)' 2>/dev/null && command -v $$python && break; done)
IS_NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
BIN := .venv/bin
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard pages/locale/*/LC_MESSAGES/django.po pages/locale/public/*/LC_MESSAGES/django.po))
TEST_WORKERS ?= auto
# Set on the command line only: systems also use an environment variable of this name.
LANGUAGE = ru
# Dependencies keep their versions unless this says otherwise: --upgrade, or --upgrade-package NAME.
UPGRADE ?=
export UV_CUSTOM_COMPILE_COMMAND := make requirements
# Images set it. Then each of the hundreds of processes that the tests start would compile all modules again.
export PYTHONDONTWRITEBYTECODE :=
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate $(UPGRADE)

.PHONY: help run serve test test-postgres lint messages requirements bench bench-imports bench-tampering
help:
	@echo "make run            start the site with sample content at http://127.0.0.1:8000"
	@echo "make serve          start the site for production (see docs/operating.md)"
	@echo "make test           run the tests, also in a browser; THOROUGH=1 make test also runs the slowest ones"
	@echo "make test-postgres  run the tests that use the database on a temporary PostgreSQL server"
	@echo "make lint           check code style, templates, types and migrations"
	@echo "make messages       update the Russian catalogue (LANGUAGE=de: that of another language)"
	@echo "make requirements   pin the dependencies in pyproject.toml, with hashes"
	@echo "make bench          measure how fast the site is, next to its goals (takes minutes)"
	@echo "make bench-imports  measure the import and export of a long git history (takes minutes)"
	@echo "make bench-tampering count what the checks of the history find of changes behind the application"

# A .venv is complete or does not exist: `make` would take an incomplete one for a finished one.
$(BIN)/python:
	@$(PYTHON) -c '$(IS_NEW_ENOUGH)' 2>/dev/null || { \
		echo "This site needs Python 3.11 or later: install it, or name it with make PYTHON=/path/to/python." >&2; exit 1; }
	@trap 'rm -rf .venv; exit 1' INT TERM HUP; $(PYTHON) -m venv --without-pip .venv || { rm -rf .venv; exit 1; }

# Debian ships Python without ensurepip and protects its own packages (PEP 668), so its pip installs into .venv.
.venv/installed-%: requirements/%.txt | $(BIN)/python
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

%.mo: %.po .venv/installed-run
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

run: .venv/installed-run $(CATALOGUES)
	@exec $(BIN)/python manage.py serve --sample

serve: .venv/installed-run $(CATALOGUES)
	@exec $(BIN)/python manage.py serve

test: .venv/installed-test $(CATALOGUES)
	@$(BIN)/python tests/commonmark_spec.py
	@$(BIN)/python tests/axe_core.py
	@command -v chromium >/dev/null && /sbin/ldconfig -p | grep -q libatomic || \
		echo "tests/browser is skipped: Chromium or libatomic is missing. Install them: apt-get install chromium libatomic1"
	$(BIN)/pytest -n $(TEST_WORKERS) -m "not timing"
	$(BIN)/pytest -m timing

# A server of its own, as an unprivileged user if this is root. Browsers and timing do not depend on the database.
test-postgres: .venv/installed-test $(CATALOGUES)
	$(BIN)/python -m tests.postgresql $(BIN)/python -m pytest -n $(TEST_WORKERS) -m database

lint: .venv/installed-test $(CATALOGUES)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djade --target-version 5.2 --check $$(git ls-files 'templates/*.html')
	$(BIN)/mypy
	$(BIN)/python manage.py makemigrations --check --dry-run

# For a new language, commit the file that this writes: no code names the languages that have a catalogue.
messages: .venv/installed-run
	@$(BIN)/python manage.py extract_messages $(LANGUAGE)

# test.txt has run.txt's versions; lock.txt pins the tool that pins the others.
requirements: .venv/installed-lock
	$(COMPILE) pyproject.toml --output-file requirements/run.txt
	$(COMPILE) pyproject.toml --group dev --constraint requirements/run.txt --output-file requirements/test.txt
	$(COMPILE) --group lock --output-file requirements/lock.txt

# The server gets one core, and wrk the other. BENCH="warm cold" measures these rows only; --quick tries them all.
bench: .venv/installed-test $(CATALOGUES)
	@command -v wrk >/dev/null || echo "Some rows are skipped: wrk is missing. Install it: apt-get install wrk"
	$(BIN)/python -m benchmarks --json var/benchmarks.json $(BENCH)

# Not part of `make bench`: it takes minutes. BENCH_IMPORTS=--quick measures a shorter history in about half a minute.
bench-imports: .venv/installed-test $(CATALOGUES)
	$(BIN)/python -m benchmarks.imports $(BENCH_IMPORTS)

# Prints the table of docs/verifying.md. It takes minutes; BENCH_TAMPERING="--mutations 2" makes fewer changes.
bench-tampering: .venv/installed-test $(CATALOGUES)
	$(BIN)/python -m benchmarks.tampering $(BENCH_TAMPERING)

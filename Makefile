# The two commands are `make run` and `make test`; everything they need is made on the way.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard pages/locale/*/LC_MESSAGES/django.po))
TEST_WORKERS ?= auto

.PHONY: help run serve test lint messages bench bench-imports
help:
	@echo "make run    start the site for a look, with sample content, at http://127.0.0.1:8000"
	@echo "make serve  start the site for production (see README.md)"
	@echo "make test   run every test, in a browser too"
	@echo "make lint   check the style of code and templates"
	@echo "make bench  measure"
	@echo "make bench-imports  measure taking a long git history in and giving it out: minutes"
	@echo "make messages  bring the Russian catalogue in step with the sources"

# Debian ships Python without ensurepip and keeps its pip to itself (PEP 668): its pip installs into the environment.
$(BIN)/python:
	$(PYTHON) -m venv --without-pip .venv

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
		echo "No Chromium or no libatomic: tests/browser is left out. Get them: apt-get install chromium libatomic1"
	$(BIN)/pytest -n $(TEST_WORKERS) --dist loadgroup -m "not timing"
	$(BIN)/pytest -m timing

lint: .venv/installed-test $(CATALOGUES)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djade --target-version 5.2 --check $$(git ls-files 'templates/*.html')
	$(BIN)/python manage.py makemigrations --check --dry-run

# Bring the Russian catalogue in step with the strings in the sources; the new ones are left to be translated.
messages: .venv/installed-test
	$(BIN)/python -m tests.messages

bench: .venv/installed-test $(CATALOGUES)
	$(BIN)/python -m benchmarks

# Apart from `make bench`, for it takes minutes; `BENCH_IMPORTS=--quick make bench-imports` takes half of one.
bench-imports: .venv/installed-test $(CATALOGUES)
	$(BIN)/python -m benchmarks.imports $(BENCH_IMPORTS)

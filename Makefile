# Two commands are enough on a fresh machine: `make demo` and `make test`.

PYTHON ?= python3
WORKERS ?= 2
MADE_AT = $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null))
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo test chaos rehearsal check format bench lock sbom audit clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## Make .venv with all that is needed; instant when nothing has changed

$(READY): requirements.lock pyproject.toml assets/package-lock.json assets/install.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'rettidig needs Python 3.11 or newer: make PYTHON=python3.12 …' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo 'Python cannot make virtual environments here: apt install python3-venv' >&2; exit 1; }
	@echo 'Setting up $(VENV); the first time takes a minute.'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --no-deps --only-binary :all: -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --no-build-isolation -e .
	@$(BIN)/python assets/install.py
	@touch $@

demo: setup ## Show a living municipality (DAY=2 for a day in 2 seconds, ARGS='--no-robot' …)
	@$(BIN)/rettidig demo $(if $(DAY),--day $(DAY)) $(ARGS)

test: check ## Check the code and run all tests (ARGS='tests/domain -k interest' for some)
	$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

chaos: setup ## All faults at all places: half an hour (RETTIDIG_CHAOS_SEED=7 for other ones)
	@rm -f chaos.jsonl
	RETTIDIG_CHAOS=1 RETTIDIG_CHAOS_SUMMARY=$(CURDIR)/chaos.jsonl $(BIN)/python -m pytest tests/chaos $(ARGS)
	@cat chaos.jsonl

rehearsal: setup ## A release follows another while a thousand claims live (OLD=COMMIT for that release's own code)
	RETTIDIG_REHEARSAL=1 RETTIDIG_OLD_RELEASE=$(OLD) $(BIN)/python -m pytest -s tests/upgrade/test_rolling.py $(ARGS)

check: setup ## Lint, format, types, who may import whom, and the texts of all letters
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --check --no-cache .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/rettidig release-letters --check

format: setup ## Let the formatter and the linter's safe fixes have their way
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## Measure the reference life of claims beside workflows that do nothing
	$(BIN)/python -m bench claims $(ARGS)

lock: setup ## Choose versions anew where pyproject.toml changed (ARGS=--upgrade for all)
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
		--quiet --output-file requirements.lock $(ARGS)

sbom: setup ## Write dist/rettidig.cdx.json: what production runs of others' work, as CycloneDX
	$(BIN)/python -m provenance.bill dist/rettidig.cdx.json $(if $(MADE_AT),--made-at $(MADE_AT))

audit: setup ## Ask whether anything we use has a known flaw; needs the internet (ARGS='--osv-url …')
	$(BIN)/python -m provenance.audit $(ARGS)

clean: ## Remove .venv and all caches; the demo's state stays
	rm -rf $(VENV) assets/node_modules static/vendor .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

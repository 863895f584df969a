# The few commands of the project. Each does the set-up it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
DASHBOARD := $(BIN)/python scripts/dashboard.py
SOURCES := src tests scripts migrations benchmarks

# Tests start hundreds of processes; each would compile the whole service anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run demo web dashboard test soak check format bench lock clean

help: ## list these commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(VENV)/.dev ## virtual environment in .venv, with what tests and checks need

run: $(VENV)/.runtime ## start the service (ARGS="--port 8080"); writes .env with fresh secrets the first time
	@$(DASHBOARD) build --optional
	@test -e .env || $(BIN)/copilot-orchestrator init
	@exec $(BIN)/copilot-orchestrator start $(ARGS)

demo: $(VENV)/.runtime ## see the whole loop on a simulated GitHub, until Ctrl-C
	@$(DASHBOARD) build --optional
	@exec $(BIN)/copilot-orchestrator demo $(ARGS)

web: $(VENV)/.runtime ## work on the dashboard, with live reload, against the demonstration
	@$(DASHBOARD) dev

dashboard: $(VENV)/.runtime ## build the dashboard, if its sources changed since
	@$(DASHBOARD) build

test: $(VENV)/.dev dashboard ## every test, on SQLite and on PostgreSQL; above the read models on one of them each
	$(DASHBOARD) test
	EITHER=1 $(BIN)/python -m pytest --numprocesses auto --dist loadgroup

soak: $(VENV)/.dev dashboard ## loops on both databases and for many seeds, attacks, properties and pages in their long forms
	LOOP_SEEDS=$(or $(SEEDS),5,6,7,8,9) $(BIN)/python -m pytest -v tests/loop/test_faults.py
	SOAK=1 $(BIN)/python -m pytest -v tests/attacks tests/loop --deselect tests/loop/test_faults.py
	SOAK=1 $(BIN)/python -m pytest --numprocesses auto --dist loadgroup tests/events tests/aggregates tests/api tests/golden tests/isolation tests/people tests/projections tests/reactions tests/runtime tests/web --ignore tests/web/test_large.py
	SOAK=1 $(BIN)/python -m pytest -v -rP tests/web/test_large.py
	$(BIN)/python -m benchmarks.large_bodies
	$(BIN)/python -m benchmarks.large_bodies --hostile

check: $(VENV)/.dev ## format, lint, types, import contracts
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(DASHBOARD) check

format: $(VENV)/.dev ## let ruff format and mend what it can
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)
	$(DASHBOARD) format

bench: $(VENV)/.bench ## measure; prints JSON and a table (ARGS="--list", "--only NAME", "--markdown")
	$(BIN)/python -m benchmarks $(ARGS)

lock: $(VENV)/.dev ## compile requirements*.in to hash-pinned locks that name no index
	$(BIN)/uv pip compile --quiet --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header $(UPGRADE) requirements.in -o requirements.lock
	$(BIN)/uv pip compile --quiet --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header $(UPGRADE) requirements-dev.in -o requirements-dev.lock -c requirements.lock
	$(BIN)/uv pip compile --quiet --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header $(UPGRADE) requirements-bench.in -o requirements-bench.lock -c requirements-dev.lock
	$(BIN)/uv pip compile --quiet --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header $(UPGRADE) requirements-web.in -o requirements-web.lock

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache web/node_modules web/build web/.svelte-kit

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(VENV)/bin/python requirements.lock pyproject.toml
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.bench: $(VENV)/.dev requirements-bench.lock
	$(PIP) install --require-hashes -r requirements-bench.lock
	@touch $@

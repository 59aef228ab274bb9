# Two commands matter: `make demo` and `make test`. Everything sets itself up.
SHELL := /bin/bash
PORT ?= 8000
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
  $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
# Compiled modules are what makes the second run quick, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo demo-reset test check bench proofs format lock clean
help: ## What there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: .venv/ready ## The virtual environment, from the hashed lock
.venv/ready: requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "Traje needs Python 3.11, 3.12 or 3.13 on the PATH (or PYTHON=…)."; exit 1; }
	@echo "Making .venv with $(PYTHON): about three minutes, once."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --require-hashes --no-compile --disable-pip-version-check --progress-bar on -r requirements-dev.txt \
	  | grep --line-buffered -oE '^(Collecting|Installing|ERROR|Successfully).{0,90}'; \
	  exit $${PIPESTATUS[0]}
	@$(BIN)/python -c 'import flask, polars, stripe, psycopg'
	@touch $@

demo: setup ## Three creditors, one day of operation, everything running (PORT=8000)
	@exec $(BIN)/python -m app.workbench.demo --port $(PORT)

demo-reset: setup ## The same from nothing
	@exec $(BIN)/python -m app.workbench.demo --port $(PORT) --reset

test: setup ## Every test
	@$(BIN)/python -m pytest -n 2 --dist loadscope

check: setup ## Lint, format, strict types, import rules, migration drift, translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.checks

bench: setup ## Speed, as ratios to a limit measured in the same run
	@$(BIN)/python -m tests.bench

proofs: setup ## Isolation, journey, accessibility, faults, webhooks: the figures of the README
	@$(BIN)/python -m tests.proofs

format: setup ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: setup ## Resolve the dependencies anew
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements-dev.txt

clean: ## Delete what was made here, the demo's data included
	@test ! -x $(BIN)/python || $(BIN)/python -m app.workbench.demo --destroy
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis

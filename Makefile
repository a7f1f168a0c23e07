# Two commands do everything on a fresh machine: `make demo` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
JOBS ?= 2

.PHONY: demo test lint bench faults chain packages clean

demo: .venv/installed
	$(BIN)/gateway demo

test: .venv/installed packages lint
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

lint: .venv/installed
	$(BIN)/ruff check gateway plugins tests
	$(BIN)/ruff format --check gateway plugins tests
	$(BIN)/mypy

bench: .venv/installed
	$(BIN)/python -m tests.bench

faults: .venv/installed
	$(BIN)/python -m tests.crash.harness --seeds $(or $(SEEDS),20)

chain: .venv/installed
	$(BIN)/python -m tests.chain ../shared/examples

packages:
	@.ci/packages

.venv/installed: pyproject.toml
	@.ci/venv $(PYTHON)
	@touch $@

clean:
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis

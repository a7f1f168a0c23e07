# Two commands do everything on a fresh machine: `make demo` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
JOBS ?= 2
unexport PYTHONDONTWRITEBYTECODE  # as on any other machine, every process reads what was compiled once

.PHONY: demo month test lint bench agreement fuzz faults money verdicts chain packages clean

demo: .venv/installed
	$(BIN)/gateway demo

month: .venv/installed
	$(BIN)/gateway demo --month --days $(or $(DAYS),30)

test: .venv/installed packages lint
	TMPDIR=$$(.ci/scratch) $(BIN)/python -m pytest -n $(JOBS) --dist loadfile

lint: .venv/installed
	$(BIN)/ruff check gateway plugins tests
	$(BIN)/ruff format --check gateway plugins tests
	$(BIN)/mypy

bench: .venv/installed
	$(BIN)/python -m tests.bench

agreement: .venv/installed
	$(BIN)/python -m tests.agreement

fuzz: .venv/installed
	@$(BIN)/python -c 'import atheris' 2>/dev/null || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[fuzz]' || \
		echo "atheris could not be installed; a plain loop of our own tries the inputs." >&2
	$(BIN)/python -m tests.fuzz --runs $(or $(RUNS),30000)

faults: .venv/installed
	$(BIN)/python -m tests.crash.harness --seeds $(or $(SEEDS),20)

money: .venv/installed
	$(BIN)/python -m tests.remittances --count $(or $(COUNT),10000)

verdicts: .venv/installed
	$(BIN)/python -m tests.verdicts ../shared/corpus ../shared/examples

chain: .venv/installed
	$(BIN)/python -m tests.chain ../shared/examples

packages:
	@.ci/packages

.venv/installed: pyproject.toml
	@.ci/venv $(PYTHON)
	@touch $@

clean:
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis

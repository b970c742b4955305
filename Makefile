# Every target sets up what it needs in .venv and skips what is done already.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt

.PHONY: install serve test lint train bench clean

install: $(VENV)/.core

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) -e .
	touch $@

# The pinned torch goes first, so that nothing else chooses one.
$(VENV)/.train: $(VENV)/.core
	$(PIP) torch
	$(PIP) -e '.[train]'
	touch $@

$(VENV)/.dev: $(VENV)/.train
	$(PIP) -e '.[dev]'
	touch $@

serve: install
	$(BIN)/ttdn serve

test: $(VENV)/.dev
	$(BIN)/python -m pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

train: $(VENV)/.train
	$(BIN)/ttdn train

bench: $(VENV)/.dev
	$(BIN)/python tests/bench/run.py

clean:
	rm -rf $(VENV) build *.egg-info

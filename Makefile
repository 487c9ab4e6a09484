PY ?= python3.11
BIN := .venv/bin
# Two tests at a time; those of one file stay together, as they share what is dear to make.
BOTH := --numprocesses 2 --dist loadfile

.DEFAULT_GOAL := help

.venv/ready: pyproject.toml constraints.txt maps/web/package.json maps/web/package-lock.json
	$(PY) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable . --group dev
	$(BIN)/python maps/web/install.py
	touch $@

run: .venv/ready      ## a made-up city: its files in, alerts and maps out, pages on localhost:8000
	$(BIN)/wangge demo

test: .venv/ready     ## all tests but the long ones
	$(BIN)/pytest $(BOTH)

test-long: .venv/ready ## the long ones: kill at twenty moments, five cities
	$(BIN)/pytest -m slow $(BOTH)

check: .venv/ready    ## style, types, direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports

audit: .venv/ready    ## dependencies: pins, licences, known faults if a service that knows them is named
	$(BIN)/pytest --quiet tests/test_dependencies.py
	PY=$(PY) .ci/advisories

bundle: .venv/ready   ## the wheel with its browser files, and the wheels that it needs, in dist/
	$(BIN)/python -m pip wheel --quiet --constraint constraints.txt --wheel-dir dist ".[postgres]"

help:                 ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/'

.PHONY: run test test-long check audit bundle help

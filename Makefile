# Two commands do everything on a fresh machine that has Python 3.11 or newer, make and a package index:
#   make run    install, then pull, publish and serve (http://127.0.0.1:8080/)
#   make test   install, then every check that a change must pass
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
            $(shell command -v $(name) >/dev/null 2>&1 && $(name) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
VENV   := .venv
BIN    := $(VENV)/bin
PIP     = $(BIN)/python -m pip --disable-pip-version-check --no-input
# As pip does for all but editable packages: without it every start compiles the sources anew, where none may write bytecode.
COMPILE = $(BIN)/python -m compileall -q aggregator feeds
CONFIG ?= config.yaml
ARGS   ?=

.PHONY: help run demo test test-browser check lint types law tests soak fuzz format catalogues wheel lock clean

help:  ## what can be made
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

run: $(VENV)/.ready  ## pull, publish and serve, as config.yaml says
	@exec $(BIN)/haihe --config $(CONFIG) run $(ARGS)

demo: $(VENV)/.ready  ## the whole thing offline, against a small bundled upstream site
	@exec $(BIN)/haihe demo $(ARGS)

test: check  ## every check: style, types, import law, tests

check: lint types law tests

lint: $(VENV)/.ready-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.ready-test
	$(BIN)/mypy

law: $(VENV)/.ready-test
	$(BIN)/lint-imports --no-cache

tests: $(VENV)/.ready-test
	$(BIN)/pytest -n 2 $(ARGS)

test-browser: $(VENV)/.ready-test  ## the pages in a real Chromium (Debian: apt-get install chromium); `make test` skips these where there is none
	HAIHE_BROWSER=required $(BIN)/pytest -n 2 tests/browser $(ARGS)

soak: $(VENV)/.ready-test  ## the tests that take minutes: a hundred kills in the middle of work, more broken disks, ten megabytes of everything
	$(BIN)/pytest -m long -s $(ARGS)

fuzz: $(VENV)/.ready-test  ## an hour of bytes that nobody would write, guided by what they reach (Linux; fetches atheris)
	$(PIP) install --quiet atheris
	@mkdir -p build
	nice $(BIN)/python fuzz/read.py build/fuzz -artifact_prefix=build/ -max_total_time=$(or $(SECONDS),3600) -timeout=20 -rss_limit_mb=1200 $(ARGS)

format: $(VENV)/.ready-test  ## put the source into its one shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

catalogues: $(VENV)/.ready-test  ## bring the translations up to the texts of the pages; then fill in what is empty
	@mkdir -p build
	$(BIN)/pybabel -q extract -F templates/translations/babel.cfg -k mark --no-location --sort-output -o build/messages.pot .
	@for file in templates/translations/*.po; do tag=$$(basename $$file .po); \
	  $(BIN)/pybabel -q update -i build/messages.pot -o $$file -l $$(echo $$tag | tr - _) --no-fuzzy-matching --ignore-obsolete -w 0 --ignore-pot-creation-date; done

wheel: $(VENV)/.ready-test  ## build the wheel into dist/
	$(PIP) wheel --quiet --no-deps --wheel-dir dist .

clean:  ## remove what was made (never var/, where the entries are)
	rm -rf $(VENV) dist build

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "haihe needs Python 3.11 or newer with venv (Debian: python3-venv); name one: make PYTHON=/path/to/python3" >&2; exit 2; }
	@echo "making $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV)

# A stamp file is written last, so an install that was cut short is done again.
$(VENV)/.ready: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "installing (once; about half a minute)"
	@$(PIP) install --quiet --constraint constraints.txt --editable .
	@$(COMPILE)
	@touch $@

$(VENV)/.ready-test: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "installing with what the checks need (once; about half a minute)"
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[test]'
	@$(COMPILE)
	@touch $@ $(VENV)/.ready

# Arrears: bare `make` prints what there is to make. Everything here works from a bare clone with
# Python 3.11 and make: nothing needs to be activated, configured or running.

.DEFAULT_GOAL := help
SHELL := /bin/sh
unexport PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE DJANGO_SETTINGS_MODULE

BIN := .venv/bin
PY := $(BIN)/python
# The stamp carries the name of this folder, so a copied or moved checkout installs itself anew.
STAMP := .venv/installed-$(shell pwd | cksum | cut -d ' ' -f 1)
WORKERS ?= auto
ARGS ?=

.PHONY: help setup test deep chaos tools lint format demo bench lock clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup: $(STAMP) ## make .venv with the locked packages and this project

$(STAMP): requirements/dev.txt pyproject.toml
	@python=$$(sh requirements/find-python) && "$$python" -m venv .venv
	@echo "installing the locked packages into .venv"
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes --requirement requirements/dev.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation --editable .
	@rm -f .venv/installed-* && touch $@

test: ## lint, then the whole test suite (ARGS=... goes to pytest)
	@$(MAKE) --no-print-directory --jobs 2 lint tools
	$(PY) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

deep: setup tools ## the test suite with many more tries of what is drawn or killed by chance
	ARREARS_DEEP=1 $(PY) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

chaos: setup tools ## programs killed at random before providers that misbehave (ARGS="--minutes 20 --seed N")
	$(PY) -m tests.chaos.storm $(ARGS)

tools:
	@mkdir -p .venv
	@sh requirements/system-packages /usr/sbin/bearerbox:kannel /usr/lib/kannel/test/fakesmsc:kannel-extras \
	  /usr/sbin/postfix:postfix \
	  /usr/bin/baresip:baresip-core /usr/bin/sipp:sip-tester
	@sh requirements/node-packages

lint: setup ## ruff, mypy --strict, import contracts
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) $(BIN)/lint-imports --no-logo

format: setup ## rewrite the sources in house style
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

demo: setup ## thirty days of a lender, end to end
	$(PY) -m arrears demo $(ARGS)

bench: setup ## the benchmarks
	$(PY) -m bench $(ARGS)

lock: ## resolve requirements/*.in anew (needs uv; the only target that does)
	cd requirements && for name in base dev; do \
	  uv pip compile --no-config --universal --fork-strategy fewest --python-version 3.11 --upgrade --quiet \
	    --generate-hashes --no-emit-index-url --no-header --no-annotate $$name.in -o $$name.txt || exit 1; \
	done

clean: ## remove .venv and every cache
	rm -rf .venv build dist src/*.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# Bindery needs Python 3.11 or newer and make; everything else comes from the lock.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$p"; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --no-input --disable-pip-version-check --require-hashes \
	--only-binary :all:
PYTEST := $(BIN)/python -m pytest -n 2
COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-annotate --no-header --no-emit-index-url

# Some images forbid bytecode; each process would then compile the whole house again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install run migrate test prove check bench lock clean

help:
	@echo "make run      the whole office on this machine, with demo data (PORT, OFFICE_VAR)"
	@echo "make test     the suite on a PostgreSQL and Valkey of its own"
	@echo "make prove    the same with every proof at its full figures"
	@echo "make check    style, types, imports, migrations, generated docs, deployment"
	@echo "make bench    how quick it is beside the least this machine needs (NAME=claim, GROW=1)"
	@echo "make migrate  bring the database that DATABASE_OWNER_URL names up to date"
	@echo "make lock     resolve pyproject.toml anew into requirements*.txt"
	@echo "make clean    remove caches and built files; the office's data in var/ stays"

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Bindery needs Python 3.11 or newer, and found none. On Debian and Ubuntu: apt-get install python3 python3-venv. Or name one: make run PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

$(VENV)/runtime: requirements.txt | $(BIN)/python
	@echo "Installing the packages of the lock …"
	@$(PIP) --requirement requirements.txt
	@touch $@

$(VENV)/development: requirements-dev.txt requirements.txt | $(BIN)/python
	@echo "Installing the packages of the lock, with those for development …"
	@$(PIP) --requirement requirements-dev.txt
	@touch $@ $(VENV)/runtime

install: $(VENV)/runtime

run: $(VENV)/runtime
	@exec $(BIN)/python -m office.runner

migrate: $(VENV)/runtime
	@DATABASE_ROLE=owner $(BIN)/python manage.py migrate --no-input

test: $(VENV)/development
	$(PYTEST)

prove: $(VENV)/development
	PROVE=1 $(PYTEST)

check: $(VENV)/development
	@BIN=$(BIN) sh .ci/check

bench: $(VENV)/development
	@$(BIN)/python -m bench $(NAME) $(if $(GROW),--grow)

lock: $(VENV)/development
	$(COMPILE) --output-file requirements.txt
	$(COMPILE) --group dev --constraint requirements.txt --output-file requirements-dev.txt

clean:
	find . -name __pycache__ -type d -not -path "./$(VENV)/*" -prune -exec rm -rf {} +
	rm -rf .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results
	rm -rf var/static var/static.stamp

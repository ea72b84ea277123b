# Wasl: every target sets up what it needs. Nothing but Python >= 3.11 and make is asked of the machine.
#
#   make up [PORT=54321] [STATE=.wasl]     make test [ARGS="tests/stack -k gateway"]

.DEFAULT_GOAL := help
.PHONY: help up down reset demo dashboard screenshots test check bandit audit lock generate clean setup

# The first Python that is new enough; when there is none, `setup` says so.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && exit; done; echo python3)
RUN := .venv/bin/python
WASL := $(RUN) -m workers.cli
AT = $(if $(STATE),--state '$(STATE)')
LOCK := $(RUN) -m uv pip compile pyproject.toml sdk/pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --no-emit-index-url --no-emit-package wasl --quiet
CHECKED := workers sdk/wasl stack sandbox
BANDIT := .venv/bin/bandit --quiet --configfile pyproject.toml --recursive workers sdk/wasl stack

help: ## Show these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r name text; do printf '%-14s %s\n' "$$name" "$$text"; done

setup: ## Install everything into .venv, node_modules and dashboard/node_modules
	@command -v $(PYTHON) >/dev/null || { echo "Wasl needs Python 3.11 or newer: install it and run make again." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit("Wasl needs Python 3.11 or newer, and $(PYTHON) is %d.%d: name another one, \
	as in make PYTHON=python3.12." % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -I stack/setup.py

up: setup ## Run the hub at http://127.0.0.1:54321 until Ctrl-C; PORT=... STATE=... for a second one
	@$(WASL) stack up $(if $(PORT),--port $(PORT)) $(AT)

down: setup ## Stop what `make up` runs in another terminal
	@$(WASL) stack down $(AT)

reset: setup ## Stop and delete the data and keys
	@$(WASL) stack reset $(AT)

demo: setup ## Take one payment all the way through, on a stack of its own, and end
	@$(WASL) stack run wasl demo $(ARGS)

dashboard: setup ## Develop the dashboard against the hub that `make up` runs; STATE=... for another one
	@url="$$($(WASL) stack url $(AT))" && cd dashboard && PATH="$(CURDIR)/.venv/bin:$$PATH" WASL_HUB_URL="$$url" npm run --silent dev

screenshots: setup ## Pictures of every page of the dashboard, with the demo's data, into .wasl/screenshots
	@$(RUN) -m stack.browser >/dev/null
	@WASL_SCREENSHOTS='$(CURDIR)/.wasl/screenshots' $(RUN) -m pytest -q -p no:cacheprovider -n 0 tests/e2e/test_dashboard.py

# Python is to keep what it compiles, whatever the environment says: a fifth of the time would go into it again.
test: setup ## Run all tests, two files at a time; ARGS are passed to pytest instead
	@PYTHONDONTWRITEBYTECODE= $(RUN) -m pytest $(or $(ARGS),--numprocesses 2 --dist loadfile --no-loadscope-reorder)

check: setup ## ruff, mypy --strict, import rules, bandit, the dashboard's tsc, eslint, prettier and types, database advisors
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy --strict $(CHECKED)
	.venv/bin/lint-imports --no-cache
	$(BANDIT)
	cd dashboard && PATH="$(CURDIR)/.venv/bin:$$PATH" npm run --silent check
	$(WASL) stack advise
	@$(WASL) stack run --no-workers -- wasl docs types --check

bandit: setup ## Look for insecure code in what runs with secrets
	$(BANDIT)

audit: setup ## Ask OSV whether a locked Python package has a known vulnerability; needs the network
	@$(RUN) -m stack.audit

lock: setup ## Renew the lock files after changing pyproject.toml, sdk/pyproject.toml or a package.json
	$(LOCK) --all-extras --output-file requirements.lock
	$(LOCK) --output-file requirements-workers.lock
	PATH="$(CURDIR)/.venv/bin:$$PATH" npm install --package-lock-only --ignore-scripts
	cd dashboard && PATH="$(CURDIR)/.venv/bin:$$PATH" npm install --package-lock-only --ignore-scripts
	@$(PYTHON) -I stack/setup.py

generate: setup ## Renew what is generated from the schema: the SDK's rows, its synchronous half, docs/schema.md, docs/openapi.json, the dashboard's types; and from the providers: supabase/seed.sql, docs/providers
	@$(WASL) providers seed
	@$(WASL) docs providers
	@$(WASL) stack run --no-workers -- wasl sdk rows
	@$(WASL) stack run --no-workers -- wasl docs schema
	@$(WASL) stack run --no-workers -- wasl docs api
	@$(WASL) stack run --no-workers -- wasl docs types
	@$(WASL) sdk sync
	@$(WASL) sdk methods

clean: ## Delete the data, .venv and node_modules
	@if [ -x $(RUN) ]; then $(WASL) stack reset; fi
	rm -rf .venv node_modules dashboard/node_modules dashboard/dist .wasl .setup.lock .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

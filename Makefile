# The commands of the project. `make help` lists them.
PYTHON ?= python3
VENV := .venv/bin
MANAGE := $(VENV)/python manage.py
export HUUNGHI_VAR ?= $(CURDIR)/var

.PHONY: help venv venv-dev demo demo-reset serve test check unit engine secure browser postgres messages kills chaos nodes bench openapi relevance matrix build lock

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

venv:
	@$(PYTHON) site/huunghi_site/bootstrap.py requirements.txt

venv-dev:
	@$(PYTHON) site/huunghi_site/bootstrap.py requirements-dev.txt

demo: venv ## install, load the demonstration, check it, serve it
	@$(MANAGE) huunghi_start

demo-reset: ## empty var/ after asking
	@printf 'Delete everything in %s? [y/N] ' "$(HUUNGHI_VAR)"; read answer; \
	if [ "$$answer" = y ]; then rm -rf "$(HUUNGHI_VAR)" && echo "Deleted."; else echo "Nothing deleted."; fi

serve: venv ## serve what is in var/ like production does
	@$(MANAGE) migrate -v0 && $(MANAGE) huunghi_serve

test: venv-dev ## everything that must be green, from lint to browser
	@$(VENV)/python -m tests.run

check: venv-dev ## lint, system checks, migrations
	@$(VENV)/python -m tests.run check

unit: venv-dev ## tests that need no server and no browser
	@$(VENV)/python -m tests.run unit

engine: venv-dev ## tests on a real Elasticsearch
	@$(VENV)/python -m tests.run engine

secure: venv-dev ## tests on an Elasticsearch with passwords and TLS
	@$(VENV)/python -m tests.run secure

browser: venv-dev ## journeys in Chromium
	@$(VENV)/python -m tests.run browser

postgres: venv-dev ## tests again, on a throw-away PostgreSQL
	@$(VENV)/python -m tests.run postgres

kills: venv-dev ## kill -9 at every point of worker and rebuild; long, see docs/explanation/proofs.md
	@$(VENV)/python -m tests.proofs.kills

chaos: venv-dev ## everything fails at once while readers look for leaks; five minutes
	@$(VENV)/python -m tests.proofs.chaos

nodes: venv-dev ## three Elasticsearch nodes, each of them lost once
	@$(VENV)/python -m tests.proofs.nodes

relevance: venv-dev ## judged queries on both engines, as a table
	@$(VENV)/python -m tests.search.relevance_table

matrix: venv-dev ## who may see what: every cell, in every condition of the index; many minutes
	@$(VENV)/python -m tests.access.matrix

bench: venv-dev ## how fast the archive is built, searched and served, as tables
	@$(VENV)/python -m tests.bench

messages: venv-dev ## collect the interface texts and compile the catalogues (needs GNU gettext)
	@$(VENV)/python -m tests.catalogues

openapi: venv-dev ## write the snapshot of the API's description
	@$(MANAGE) huunghi_openapi > docs/reference/openapi.json

build: venv-dev ## wheel and source archive in dist/
	@$(VENV)/python -m build

lock: venv-dev ## resolve the locks anew from pyproject.toml
	@$(VENV)/python -m pip install --quiet uv
	@$(VENV)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		-c constraints.txt pyproject.toml --extra site --extra postgres -o requirements.txt
	@$(VENV)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		-c constraints.txt -c requirements.txt pyproject.toml --extra site --extra postgres --group dev -o requirements-dev.txt

# Every target does its own set-up on a machine that has Python 3.11 and make; a second run needs no network.
PYTHON ?= python3
DEMO_SIZE ?= small
ARGS ?=
BENCH ?= $(filter-out load pages_home,$(basename $(notdir $(wildcard benchmarks/*.py))))

SETUP := $(PYTHON) scripts/setup.py
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo serve test lint bench messages docs

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

demo: ## A simulated shop on this machine, with a sign-in link (DEMO_SIZE=small|medium|large)
	@$(SETUP) run
	@exec $(BIN)/safar demo --size $(DEMO_SIZE) $(ARGS)

serve: ## Safar on this machine, with your own data in ./var/safar
	@$(SETUP) run
	@exec $(BIN)/safar serve $(ARGS)

test: ## All tests (ARGS="tests/store -k crash" for some)
	@$(SETUP) dev
	@$(SETUP) browser
	@$(BIN)/pytest -n 2 --dist loadfile $(ARGS)

lint: ## Style, types, borders between rooms, translations, links
	@$(SETUP) dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/forbidden.py
	$(BIN)/python scripts/audit.py
	$(BIN)/python scripts/docs.py check
	$(BIN)/python scripts/messages.py --check

bench: ## Measurements beside the peers, on this machine (BENCH="log ingest" for some)
	@$(SETUP) bench
	@set -e; for each in $(BENCH); do $(BIN)/python benchmarks/$$each.py $(ARGS); done

messages: ## Bring the translations up to date with the sources and compile them
	@$(SETUP) dev
	@$(BIN)/python scripts/messages.py

docs: ## The documentation as HTML in build/docs
	@$(SETUP) dev
	@$(BIN)/python scripts/docs.py build

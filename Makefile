# Every target does its own set-up on a machine that has Python 3.11 and make; a second run needs no network.
PYTHON ?= python3
DEMO_SIZE ?= small
ARGS ?=
BENCH ?= $(filter-out load pages_home text,$(basename $(notdir $(wildcard benchmarks/*.py))))

SETUP := $(PYTHON) scripts/setup.py
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo serve test lint _types _rest bench messages docs train-text bench-text

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

demo: ## A simulated shop on this machine, with a sign-in link (DEMO_SIZE=small|medium|large)
	@$(SETUP) run
	@exec $(BIN)/safar demo --size $(DEMO_SIZE) $(ARGS)

serve: ## Safar on this machine, with your own data in ./var/safar
	@$(SETUP) run
	@exec $(BIN)/safar serve $(ARGS)

test: ## All tests (ARGS="tests/store -k crash" for some)
	@$(SETUP) dev
	@$(SETUP) browser
	@$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: ## Style, types, borders between rooms, translations, links
	@$(SETUP) dev
	@$(MAKE) --no-print-directory -j2 _types _rest

_types: # the longest; the others run beside it
	$(BIN)/mypy

_rest:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python scripts/forbidden.py
	$(BIN)/python scripts/audit.py
	$(BIN)/python scripts/docs.py check
	$(BIN)/python scripts/messages.py --check

bench: ## Measurements beside the peers, on this machine (BENCH="log ingest" for some)
	@$(SETUP) bench
	@set -e; for each in $(BENCH); do $(BIN)/python benchmarks/$$each.py $(ARGS); done

train-text: ## The models of comments, learnt anew from the labelled sets beside the checkout
	@$(SETUP) bench
	@$(BIN)/python scripts/train_text.py
	@$(BIN)/python scripts/train_larger.py

bench-text: ## How often the models of comments are right, and how fast they are
	@$(SETUP) dev
	@$(BIN)/python benchmarks/text.py $(ARGS)

messages: ## Bring the translations up to date with the sources and compile them
	@$(SETUP) dev
	@$(BIN)/python scripts/messages.py

docs: ## The documentation as HTML in build/docs
	@$(SETUP) dev
	@$(BIN)/python scripts/docs.py build

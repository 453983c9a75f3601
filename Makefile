# Needs Python 3.11 or newer, make and a network; everything else is installed below .venv and .tanggap.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$name; break; fi; done)

.DEFAULT_GOAL := help
SEED ?= 1
ROUNDS ?= 1000

.PHONY: help demo up down test bench chaos chaos-mutations lint types lock clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /make \1 - /p' $(firstword $(MAKEFILE_LIST))

demo: $(STAMP) ## start everything, publish sample reports, show what becomes of them
	@$(BIN)/tanggap demo

up: $(STAMP) ## start the local stack in the background
	@$(BIN)/tanggap up --detach

down: $(STAMP) ## stop it; its data stays
	@$(BIN)/tanggap down

test: lint ## everything that CI runs, the types included
	@$(BIN)/python -m deploy.local.jars
	@$(BIN)/pytest -n auto tests/types tests/unit tests/contract tests/evaluation
	@$(BIN)/pytest -n 2 --dist loadfile tests/integration
	@$(BIN)/pytest tests/chaos

bench: $(STAMP) ## measure start, memory, latency and a burst
	@$(BIN)/tanggap bench

chaos: $(STAMP) ## hurt a running system and judge it: make chaos SEED=1 ROUNDS=1000
	@$(BIN)/python -m tests.chaos run --seed $(SEED) --rounds $(ROUNDS) --prove

chaos-mutations: $(STAMP) ## see the oracle find each mistake that is put into a copy of the services
	@ALL_MUTATIONS=1 $(BIN)/pytest tests/chaos/test_mutations.py

lint: $(STAMP) ## check layout and style of the code
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check

types: $(STAMP) ## check the types
	@echo "mypy: checking (the first time takes about a minute)"
	@$(BIN)/mypy

lock: $(STAMP) ## write requirements.lock and the lock of Kafka's jars anew
	@$(BIN)/uv pip compile --quiet --generate-hashes --universal --no-header --no-emit-index-url \
		--no-emit-find-links --extra local --extra dev pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --generate-hashes --universal --no-header --no-emit-index-url \
		--no-emit-find-links --constraints requirements.lock pyproject.toml -o deploy/docker/requirements.lock
	@$(BIN)/python -m deploy.local.jars lock

clean: ## remove everything that make made, the local stack's data included
	@if [ -x $(BIN)/tanggap ]; then $(BIN)/tanggap down; fi
	@rm -rf $(VENV) .tanggap .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info

$(STAMP): requirements.lock pyproject.toml deploy/local/install.sh
	@if ! "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
		echo "Python 3.11 or newer is needed; install it, or name it: make PYTHON=/path/to/python3.11" >&2; exit 1; fi
	@sh deploy/local/install.sh "$(PYTHON)" "$(VENV)"
	@touch $@

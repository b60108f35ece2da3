# The two commands a visitor needs: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: demo test relevance lint openapi page servers image torture bench clean

.venv/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "Python 3.11 to 3.13 is needed: make demo PYTHON=python3.12"; exit 1; }
	@echo "making .venv"
	@$(PYTHON) -m venv .venv
	@$(PIP) -e .
	@touch $@

.venv/ready-dev: .venv/ready
	@echo "installing what the tests need"
	@$(PIP) -e '.[dev]'
	@touch $@

demo: .venv/ready
	@$(BIN)/policymap demo $(if $(PLAN),--plan "$(PLAN)")

test: lint
	$(BIN)/pytest -m "not torture"

relevance: .venv/ready-dev
	$(BIN)/python -m bench.relevance

lint: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

openapi: .venv/ready
	$(BIN)/policymap openapi miniapp_stub/openapi.json

page: .venv/ready
	@$(BIN)/python -m backend.demo.page

servers: .venv/ready-dev
	tests/servers/build.sh

image:
	tests/servers/container.sh

torture: .venv/ready-dev
	$(BIN)/pytest -m torture --timeout 3600

bench: $(patsubst bench/%.py,bench-%,$(filter-out bench/__init__.py,$(wildcard bench/*.py)))

.venv/ready-bench: .venv/ready-dev
	@echo "installing the engines to measure against"
	@$(PIP) -e '.[dev,bench]'
	@touch $@

bench-%: .venv/ready-bench
	$(BIN)/python -m bench.$*

clean:
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis

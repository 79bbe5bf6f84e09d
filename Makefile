# `make call` shows a whole call; `make test` runs all checks. Each line of a recipe can be typed by hand as well.

PYTHON ?= python3
VENV := .venv/bin

.PHONY: call test benchmark soak documents

call: .venv/installed
	$(VENV)/python examples/first_call.py

test: export PYTHONDONTWRITEBYTECODE =  # modules are compiled once, not by each of the many processes
test: .venv/installed
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(VENV)/mypy
	$(VENV)/python -m pytest --cov -n auto --dist worksteal

documents: .venv/installed  # docs/rules.md, docs/matrix.md, the table in docs/coverage.md, docs/openapi.yaml
	$(VENV)/python -m tests.conformance.documents

benchmark: .venv/installed
	$(VENV)/python benchmarks/run.py

soak: .venv/installed  # twenty runs of the judge on a loaded machine; some twenty minutes
	$(VENV)/python benchmarks/soak.py

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(VENV)/python -m pip install --quiet --editable '.[gateway,judge,dev]'
	touch $@

# The commands of this project. `make` alone lists them.
# `make` reports every failure as its own code 2; the night's own code (0, 1, 2) stands in the last line it prints.

unexport PYTHONDONTWRITEBYTECODE
MAKEFLAGS += --no-print-directory
SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= python3
# uv from the PATH where it works, else one of our own in a folder of this project: the system's Python stays as it is
UV := $(shell uv --version >/dev/null 2>&1 && echo uv || echo .uv-venv/bin/uv)
VENV := .venv/bin
STAMP := .venv/.installed
SERVER_STAMP := .venv-server/.installed
AIRFLOW := PYTHONPATH=dags $(VENV)/python -m
IDS := dags/support/dataset_ids.py
SOURCES := src tests dags scripts benchmarks deploy

.PHONY: help install secrets run up down test test-slow test-topology test-offices faults damages lint format ids kennzahlen bench bench-night bench-publish clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do printf '  make %-13s %s\n' "$$name" "$$text"; done

.uv-venv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
	@$(PYTHON) -m venv .uv-venv || { echo "python3 has no venv module (Debian: apt install python3-venv); or install uv yourself" >&2; rm -rf .uv-venv; exit 1; }
	@echo '*' > .uv-venv/.gitignore
	.uv-venv/bin/python -m pip install --quiet --disable-pip-version-check uv

$(STAMP): pyproject.toml uv.lock $(filter-out uv,$(UV))
	$(UV) sync --frozen --compile-bytecode
	@touch $@

# a new dataset file is enough: the timetables' list follows the catalogue
$(IDS): dags/support/make_dataset_ids.py $(wildcard catalog/datasets/*.yml) | $(STAMP)
	@$(VENV)/python $<
	@touch $@

install: $(STAMP) ## the environment in .venv, from the lock file, with byte code

secrets: ## .env for docker-compose.yml, with all passwords and keys made anew; refuses where there is one
	@$(PYTHON) scripts/make_secrets.py

run: $(STAMP) $(IDS) ## one night through Airflow on the recorded source, then a summary; a second one without news is quick
	@MONITOR_SOURCE=recorded $(AIRFLOW) support.launch; code=$$?; \
	case $$code in \
	0) ;; \
	2) echo "exit code 2: released, but datasets are in quarantine, not fetched or overdue (see the summary)" >&2;; \
	*) echo "exit code $$code: nothing was released, the current release is untouched" >&2;; \
	esac; exit $$code

up: $(STAMP) $(IDS) ## Airflow with its page on localhost (AIRFLOW_PORT, 8080); MONITOR_SOURCE=live asks the real hosts
	@MONITOR_SOURCE=$${MONITOR_SOURCE:-recorded} $(AIRFLOW) support.stay up

down: $(STAMP) ## end what `make up` started, all of it
	@MONITOR_SOURCE=$${MONITOR_SOURCE:-recorded} $(AIRFLOW) support.stay down

test: $(STAMP) ## the fast tests (at most 10 minutes on 2 cores)
	$(VENV)/pytest -m "not slow and not topology and not offices" -n 2

test-slow: $(STAMP) ## the long repeats and the real scheduler
	$(VENV)/pytest -m slow -p no:xdist

# what the Dockerfile installs, at the very path of the image; an environment of its own beside .venv
$(SERVER_STAMP): pyproject.toml uv.lock tests/topology/sync_image.sh $(filter-out uv,$(UV))
	unshare --mount tests/topology/sync_image.sh $(UV)
	@touch $@

test-topology: $(STAMP) $(SERVER_STAMP) ## docker-compose.yml runs for real, without Docker, and survives (scripts/install_topology.sh first, root)
	unshare --mount --net --pid --fork --mount-proc --kill-child $(VENV)/pytest -m topology -p no:xdist tests/topology

test-offices: $(STAMP) ## programs of offices read a release (scripts/install_offices.sh installs them, Debian)
	$(VENV)/pytest -m offices -p no:xdist

faults: $(STAMP) ## execute every fault of the registry and print a table (ARGS=--json: a line of JSON each)
	@$(VENV)/python tests/faults/runner.py $(ARGS)
	@$(VENV)/python tests/faults/publication.py $(ARGS)

damages: $(STAMP) ## damage every table of a candidate and print what caught it (the sample, or the candidate below MONITOR_HOME)
	@$(VENV)/python tests/quality/table_damage_runner.py

lint: $(STAMP) ## ruff, mypy, the four floors, sqlfluff, what is made from the catalogue
	$(VENV)/ruff check $(SOURCES)
	$(VENV)/ruff format --check $(SOURCES)
	$(VENV)/mypy --strict src
	$(VENV)/lint-imports
	$(VENV)/sqlfluff lint dbt_project/models
	$(VENV)/python dags/support/make_dataset_ids.py --check
	$(VENV)/python scripts/make_sources_page.py --check

format: $(STAMP) ## let ruff format and repair
	$(VENV)/ruff check --fix $(SOURCES)
	$(VENV)/ruff format $(SOURCES)

ids: $(STAMP) ## write what is made from catalog/datasets/ anew: the timetables' dataset list, docs/sources.md
	$(VENV)/python dags/support/make_dataset_ids.py
	$(VENV)/python scripts/make_sources_page.py

kennzahlen: $(STAMP) ## write docs/kennzahlen.md anew, from the recorded release in var/ (`make run`) or in MONITOR_HOME
	$(VENV)/python scripts/make_indicators_page.py --home $${MONITOR_HOME:-var}

bench: $(STAMP) ## measure speed and memory
	$(VENV)/python benchmarks/run.py

bench-night: $(STAMP) $(IDS) ## measure what Airflow adds to a night, a night without news, idle memory (six minutes)
	$(VENV)/python benchmarks/night.py

bench-publish: $(STAMP) ## measure a publication beside plain COPY, and readers during 200 swaps (needs a release: make run)
	$(VENV)/python benchmarks/publish.py --home $${MONITOR_HOME:-var} $(ARGS)

clean: ## remove caches and build products; figures in var/ and the environment stay
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist dbt_project/target dbt_project/logs
	find src tests dags scripts benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

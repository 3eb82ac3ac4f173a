# make run   sets everything up and serves on http://127.0.0.1:8000 (PORT= changes it)
# make test  sets everything up and runs the tests
# make train, check, gold, choices, report, bench, bench-archives, bench-page, bench-service, soak, screenshots: see README.md

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
GOLD ?= ../shared/gold
ARCHIVE ?= ../shared/archive/articles.jsonl.gz

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test train check gold bench bench-archives bench-page bench-review bench-service soak choices report screenshots pins clean

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | head -3

run: $(VENV)/.serving
	WASIM_PORT=$(PORT) $(BIN)/wasim serve

test: $(VENV)/.developing
	$(BIN)/python -m pytest

# Fits the committed corpus. With judged articles at hand, they decide whether the new model is not worse, and how
# good it is on them goes into README and model card.
train: $(VENV)/.developing
	$(BIN)/wasim train --promote $(if $(wildcard $(GOLD)/dev.jsonl),--judge $(GOLD)/dev.jsonl)
	$(if $(wildcard $(GOLD)/dev.jsonl),$(BIN)/wasim evaluate --data $(GOLD)/dev.jsonl --update README.md \
		--update artifacts/$$(cat artifacts/current)/card.md)

# Ruff, mypy on a regular install (an editable one maps folders in a way that type checkers can't follow),
# and who may import whom.
check: $(VENV)/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	rm -rf build/installed
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --target build/installed .
	cd build && MYPYPATH=installed ../$(BIN)/mypy --config-file ../pyproject.toml -p wasim.model -p wasim.service -p wasim.training
	PYTHONPATH=build/installed $(BIN)/lint-imports
	$(BIN)/wasim corpus check $(foreach file,training/judged.jsonl $(wildcard $(GOLD)/dev.jsonl $(ARCHIVE)),--real $(file))

# How good the committed model is on real, graded articles, by the graders' own script.
gold: $(VENV)/.serving
	mkdir -p build
	$(BIN)/wasim tag $(GOLD)/dev.jsonl --output build/gold.jsonl
	$(PYTHON) $(GOLD)/score.py $(GOLD)/dev.jsonl build/gold.jsonl

# What the commands cost on this machine: time, CPU, memory, size; and, with real articles at hand, how fast
# scoring is beside scikit-learn's. Writes the README's table of speed.
bench: $(VENV)/.developing
	$(BIN)/python tests/benchmarks/figures.py $(if $(wildcard $(ARCHIVE)),--archive $(ARCHIVE))
	$(if $(wildcard $(ARCHIVE)),$(BIN)/python tests/benchmarks/scoring.py --archive $(ARCHIVE) --update README.md)

# What reviewing saves, and what a topic of one's own reaches. Writes the tables in training/README.md.
bench-review: $(VENV)/.developing
	$(BIN)/python tests/benchmarks/first_labels.py --data $(GOLD)/dev.jsonl
	$(BIN)/python tests/benchmarks/review.py --data $(GOLD)/dev.jsonl
	$(BIN)/python tests/benchmarks/own_topic.py

# How many requests a second the service answers beside FastAPI + scikit-learn; needs wrk.
bench-service: $(VENV)/.developing
	$(BIN)/python tests/benchmarks/service.py $(if $(wildcard $(ARCHIVE)),--archive $(ARCHIVE)) --update service/README.md

# Half a million requests, and memory stays flat.
soak: $(VENV)/.developing
	SOAK_REQUESTS=500000 SOAK_UPDATE=service/README.md $(BIN)/python -m pytest tests/service/http/test_soak.py -s

# How heavy the page is and how soon it answers, in Debian's Chromium. Writes the README's table.
bench-page: $(VENV)/.developing
	$(BIN)/python tests/browser/speed.py --update README.md

# The pictures of the page that the README shows.
screenshots: $(VENV)/.developing
	$(BIN)/python tests/browser/screenshots.py

# What a hundred kills do to archives, a million files and records of 500 MB, and how fast two million articles are
# tagged; takes an hour.
bench-archives: $(VENV)/.developing
	$(BIN)/python tests/benchmarks/kills.py --archive $(ARCHIVE) --update README.md
	$(BIN)/python tests/benchmarks/extremes.py --update README.md
	$(BIN)/python tests/benchmarks/archives.py --archive $(ARCHIVE) --update README.md

# How the choices behind the model measure; writes the tables in training/README.md.
choices: $(VENV)/.developing
	$(BIN)/python tests/benchmarks/choices.py --data $(GOLD)/dev.jsonl
	$(BIN)/python tests/benchmarks/alternatives.py --data $(GOLD)/dev.jsonl

# The page about the default model on judged articles, with the learning curve, and what other splits of the corpus
# and articles of our own that are no part of it give; writes the tables and the plot of training/README.md. The page quotes no article that belongs to others.
report: $(VENV)/.developing
	$(BIN)/wasim evaluate --data $(GOLD)/dev.jsonl --report training/report.html --no-text \
		--learning-curve training/learning_curve.svg --update training/README.md
	for split in stratified desk time=2024-01-01; do \
		$(BIN)/wasim evaluate --split $$split --update training/README.md || exit 1; done
	$(BIN)/wasim evaluate --data training/judged.jsonl --update training/README.md

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "wasim needs Python 3.11 or newer; $$($(PYTHON) --version) is too old. Try: make PYTHON=python3.12 run"; exit 1; }
	$(PYTHON) -m venv $(VENV) || \
		{ echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.serving: requirements.txt pyproject.toml | $(VENV)/.made
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.developing: requirements-dev.txt pyproject.toml | $(VENV)/.made
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.serving

# Renew the pins; needs uv.
pins:
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --upgrade \
		--no-header --no-annotate --extra dev --output-file requirements-dev.txt pyproject.toml
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-header --no-annotate --constraint requirements-dev.txt --extra build --output-file requirements.txt pyproject.toml

clean:
	rm -rf $(VENV) build dist *.egg-info

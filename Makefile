# make setup   an environment in .venv, brought up to date when the dependencies change
# make demo    a VAE and a GAN learn digits; about three minutes to pictures and figures
# make test    every test but the slow ones
# make slow    every claim of the lab that trains, three seeds each; about a quarter of an hour
# make check   style, types, and the order of the rooms
# make bench   speed beside peers, to benchmarks/RESULTS.md; about an hour on an idle machine

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
KULLBACK := $(BIN)/kullback
PEERS := .peers

.PHONY: setup demo test slow check bench bench-jax
.DELETE_ON_ERROR:

setup: $(VENV)/installed

$(VENV)/installed: pyproject.toml constraints.txt
	test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable ".[data,eval,export,test]"
	touch $@

demo: setup
	rm -rf demo
	$(KULLBACK) train vae --data mnist5k --out demo/vae --config examples/demo-vae.toml
	$(KULLBACK) train gan --data mnist5k --out demo/gan --config examples/demo-gan.toml
	$(KULLBACK) evaluate demo/vae
	$(KULLBACK) evaluate demo/gan
	$(KULLBACK) report demo/vae demo/gan --out demo/report.html

test: setup
	OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses 2

slow: setup
	OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses 2 -m slow --timeout 900

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup $(PEERS)/pythae/installed $(PEERS)/prdc/installed
	$(BIN)/python benchmarks/speed/run.py

bench-jax: setup $(PEERS)/jax/installed
	$(BIN)/python benchmarks/speed/run.py jax

$(PEERS)/%/installed: benchmarks/speed/peers/%.txt
	test -x $(@D)/bin/pip || $(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install --quiet --requirement $<
	touch $@

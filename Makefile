# The two commands of the README, and what they are made of. Everything here can be run twice.

PYTHON ?= python3
VENV := .venv
VENV_PYTHON := $(VENV)/bin/python

.PHONY: help demo test lint check-tools venv build generate

help:
	@echo "make demo      build Sightline and run it against a sample estate in local emulators"
	@echo "make test      run all tests (the emulators among them)"
	@echo "make lint      formatting, clippy, licences"
	@echo "make generate  write the generated files anew (API models, catalogues)"

demo: check-tools
	@$(PYTHON) demo/run.py $(DEMO_FLAGS)

test: check-tools venv
	@echo "== Rust tests (a cold build takes about ten minutes on two cores)"
	SIGHTLINE_PYTHON=$(CURDIR)/$(VENV_PYTHON) cargo test --workspace --locked
	@echo "== Python tests of the demo"
	$(VENV_PYTHON) -m unittest discover -s demo/tests -t demo

lint: check-tools
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	@if command -v cargo-deny >/dev/null; then cargo deny --offline check licenses bans sources; \
	else echo "skipped: cargo-deny is not installed (cargo install cargo-deny --locked)"; fi

check-tools:
	@command -v cargo >/dev/null || { echo "missing: Rust 1.95 or newer (cargo). See https://rustup.rs"; exit 1; }
	@command -v $(PYTHON) >/dev/null || { echo "missing: Python 3.10 or newer ($(PYTHON)). Set PYTHON=... if it has another name"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "Python 3.10 or newer is needed, $(PYTHON) is older. Set PYTHON=..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "missing: Python's venv module (Debian: apt-get install python3-venv)"; exit 1; }
	@command -v cc >/dev/null || { echo "missing: a C compiler (Debian: apt-get install build-essential)"; exit 1; }

venv: $(VENV)/.ready

$(VENV)/.ready: demo/requirements.txt
	@echo "== Python packages into $(VENV) (emulators, boto3)"
	test -x $(VENV_PYTHON) || $(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r demo/requirements.txt
	@touch $@

build:
	cargo build --locked --bin sightline

generate: venv
	$(VENV_PYTHON) tools/models/trim.py
	cargo run --locked --quiet --bin sightline -- generate

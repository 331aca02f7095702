# The two commands of the README, and what they are made of. Everything here can be run twice.

PYTHON ?= python3
VENV_PYTHON := .venv/bin/python

.PHONY: help demo test lint generate python tools venv console dist

help:
	@echo "make demo      build Sightline and run it against a sample estate in local emulators"
	@echo "make test      run all tests (the emulators among them)"
	@echo "make lint      formatting, clippy, licences"
	@echo "make generate  write the generated files anew (API models, catalogues)"
	@echo "make dist      the archive of a release in target/dist (PROFILE=release, TARGET=...)"
	@echo "make console   build the console, which the next build of Sightline takes in"

demo: python console
	@$(PYTHON) demo/run.py $(DEMO_FLAGS)

test: venv console
	@echo "== Rust tests (a cold build takes about 25 minutes on two cores, then seconds)"
	SIGHTLINE_PYTHON=$(CURDIR)/$(VENV_PYTHON) cargo test --workspace --locked
	@echo "== Python tests of the demo"
	$(VENV_PYTHON) -m unittest discover -s demo/tests -t demo
	@echo "== Packaging, charts, units and documentation; a tool that is not there is said to be skipped"
	$(VENV_PYTHON) -m unittest discover -s deploy/tests -t deploy
	@echo "== The demo, end to end: every edge of the map must be right"
	$(PYTHON) demo/run.py --no-serve --state .sightline-demo/test
	@if command -v npm >/dev/null; then \
	  echo "== The console in a browser, against the real server"; cd console && npm run --silent e2e:real; \
	else echo "skipped: the console in a browser (missing: Node 20.19 or later, with npm)"; fi
	@echo "== Simulated estates: edges, controls, blind spots and cases against their truth"
	$(VENV_PYTHON) demo/simulate.py --seeds 20

lint: tools
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	@if command -v cargo-deny >/dev/null; then cargo deny --offline check licenses bans sources; \
	else echo "skipped: cargo-deny is not installed (cargo install cargo-deny --locked)"; fi

generate: venv
	tools/models/generate.sh
	cargo run --locked --quiet --bin sightline -- generate

# What is built is taken in by the next build. Without Node, Sightline is whole but for its pages.
console:
	@if command -v npm >/dev/null; then \
	  echo "== The console"; cd console && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build; \
	else echo "skipped: the console (missing: Node 20.19 or later, with npm)"; fi

dist: python console
	@PYTHON=$(PYTHON) tools/dist/dist.sh

tools: python
	@$(PYTHON) demo/ready.py

venv: python
	@$(PYTHON) demo/ready.py --venv

python:
	@command -v $(PYTHON) >/dev/null || { echo "missing: Python 3.10 or later as $(PYTHON); set PYTHON=... if it has another name (Debian, Ubuntu: apt install python3 python3-venv)"; exit 1; }

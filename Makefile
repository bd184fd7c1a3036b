# Entry points. The work is done by scripts/, which also run without make.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo test check fuzz faults soak bench evaluate lock clean

help: ## show this list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 18

setup: ## system packages, virtualenv, locked dependencies, .env
	@scripts/setup

demo: ## a running portal with sample data on http://127.0.0.1:8000 (PORT=8123 make demo)
	@scripts/demo

test: ## everything: checks, all tests, browser tests, coverage gate
	@scripts/test

check: ## linters, types, import direction, migrations, deployment settings
	@scripts/check

fuzz: ## look for new cases in the property tests for ten minutes (scripts/fuzz 60 for an hour)
	@scripts/fuzz

faults: ## kill workers in the middle of their work and see that nothing is lost
	@scripts/faults

soak: ## send newsletters for half an hour while workers are killed at random (scripts/soak 5 for five minutes)
	@scripts/soak

bench: ## benchmarks, as ratios (benchmarks/README.md)
	@scripts/bench

evaluate: ## score hours, finder and minutes on outside data (EVAL_DATA, default ../shared/data)
	@scripts/evaluate

lock: ## write the lock files anew from pyproject.toml
	@scripts/lock

clean: ## stop the embedded services; remove caches, static files and the virtualenv (data in var/ stay)
	@scripts/clean

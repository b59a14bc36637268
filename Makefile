# Everything a developer does here is one of these targets; `make help` lists them.

PORT ?= 8787
PYTHON ?= python3

export PYTHONPATH := infra/local
export PYTHONPYCACHEPREFIX := $(CURDIR)/.local/pycache
export LIVE TIINGO_TOKEN

STACK := $(PYTHON) -m bellwether
TOOLS := .local/venv-check/bin
REDOCLY := REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true .local/npm-check/node_modules/.bin/redocly
SCALE := .local/venv-deep/bin/python -m bellwether.scale
DENY := $(if $(or $(CI),$(shell command -v cargo-deny)),cargo deny check bans licenses sources,@echo "cargo-deny is not installed: dependencies were not checked")
START := --port $(PORT) $(if $(filter 1,$(DETACH)),--detach)

.DEFAULT_GOAL := help
.PHONY: help setup run up demo stop reset status logs push test test-redis test-node check-deep load-scale check contract build bench bench-scale

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Set up, start the stack, do the main job (PORT=9000, DETACH=1, LIVE=1 TIINGO_TOKEN=...)
	@$(STACK) run $(START)

up: ## Start the stack only (PORT=9000, DETACH=1)
	@$(STACK) up $(START)

stop: ## Stop the stack
	@$(STACK) down

demo: ## Do the main job again on the running stack
	@$(STACK) demo

push: ## Build one function and put it into the running stack (F=get-metrics or F=market/get-metrics)
	@$(STACK) push $(or $(F),$(error say which function: make push F=get-metrics))

logs: ## Recent logs of all parts, or of one function (F=get-metrics)
	@$(STACK) logs $(F)

status: ## Whether the stack runs, and where
	@$(STACK) status

reset: ## Stop the stack and delete its database and keys
	@$(STACK) reset

test: ## Every test: the stack's own, units, handlers, and integration on a running stack
	@$(STACK) test --port $(PORT)

test-node: ## One suite of tests for Node on the running stack (S=client)
	@$(STACK) node $(or $(S),$(error say which suite: make test-node S=client))

test-redis: ## The second level of the cache, with a real redis-server
	cargo clippy --package shared --features redis -- --deny warnings
	cargo test --package tests --features redis cache::redis

check: ## What must hold before a merge: format, lints, documentation, licences, contract, template
	@$(STACK) setup check
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- --deny warnings
	RUSTDOCFLAGS="--deny warnings" cargo doc --workspace --no-deps
	$(DENY)
	$(TOOLS)/ruff check --no-cache infra/local
	$(TOOLS)/ruff format --no-cache --check infra/local
	$(TOOLS)/ruff check --no-cache --config infra/local/ruff.toml tests/schemathesis
	$(TOOLS)/ruff format --no-cache --config infra/local/ruff.toml --check tests/schemathesis
	.local/venv/bin/python -m bellwether.checks.bundle --check
	$(REDOCLY) lint --config infra/api/redocly.yaml infra/api/openapi.yaml
	.local/venv/bin/python -m bellwether.checks.breaking infra/api/released/openapi.yaml infra/api/openapi.yaml
	$(TOOLS)/cfn-lint template.yaml
	SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 $(TOOLS)/sam validate --lint

contract: ## Bundle infra/api/src, the sources of the contract, into infra/api/openapi.yaml
	@$(STACK) contract

check-deep: ## Property-based tests of the stack against the contract: 200 examples an operation
	@$(STACK) deep --port $(PORT)

load-scale: ## 5,000 generated stocks with 5 years of days into the running stack (SEED=1), or out of it (DROP=1)
	@$(STACK) setup deep
	@$(SCALE) $(if $(filter 1,$(DROP)),drop,load --seed $(or $(SEED),1))

build: ## Release bootstraps in target/lambda (CONTEXT=market, ARCH=arm64, FEATURES=shared/redis)
	@$(STACK) setup check
	@$(STACK) build $(CONTEXT:%=--context %) $(ARCH:%=--arch %) $(FEATURES:%=--features %)

bench: build ## Measure the release bootstraps against their budgets (F=get-metrics for one)
	@$(STACK) up --detach --port $(PORT)
	cargo bench --package shared --bench metrics
	@$(TOOLS)/python tests/bench/talib_peer.py
	cargo bench --package tests --bench functions $(if $(F),-- $(F))

bench-scale: build ## Among 5,000 stocks: reads, and what each query takes in Postgres (after make load-scale)
	@$(STACK) setup deep
	@# The queries first: within a minute after a build, a read through a function takes a quarter longer than later.
	@$(SCALE) bench
	cargo bench --package tests --bench functions -- scale

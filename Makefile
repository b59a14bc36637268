# All development tasks. `make help` lists them.

PORT ?= 8787
PYTHON ?= python3

export PYTHONPATH := infra/local
export PYTHONPYCACHEPREFIX := $(CURDIR)/.local/pycache
export LIVE TIINGO_TOKEN N8N_BASE_URL

STACK := $(PYTHON) -m bellwether
TOOLS := .local/venv-check/bin
REDOCLY := REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true .local/npm-check/node_modules/.bin/redocly
SCALE := .local/venv-deep/bin/python -m bellwether.scale
DENY := $(if $(or $(CI),$(shell command -v cargo-deny)),cargo deny check bans licenses sources,@echo "cargo-deny is not installed: dependencies are not checked")
NEW := name the function, e.g. make new F=analyses/cancel-analysis METHOD=POST ROUTE=/v1/analyses/{id}/cancel
START := --port $(PORT) $(if $(filter 1,$(DETACH)),--detach)

.DEFAULT_GOAL := help
.PHONY: help setup run up demo stop reset status logs push new test test-redis test-node test-python check-deep load-scale check figures contract build bench bench-scale

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Set up, start the stack and run the demo (PORT=9000, DETACH=1, LIVE=1 TIINGO_TOKEN=..., N8N_BASE_URL=...)
	@$(STACK) run $(START)

up: ## Start the stack only (PORT=9000, DETACH=1)
	@$(STACK) up $(START)

stop: ## Stop the stack
	@$(STACK) down

demo: ## Run the demo again on the running stack
	@$(STACK) demo

push: ## Build one function and deploy it to the running stack (F=get-metrics or F=market/get-metrics)
	@$(STACK) push $(or $(F),$(error name the function: make push F=get-metrics))

new: ## Write a new HTTP function (F=analyses/cancel-analysis METHOD=POST ROUTE=/v1/analyses/{id}/cancel, ACCESS=open, DOES="...")
	@$(STACK) new '$(or $(F),$(error $(NEW)))' '$(or $(METHOD),$(error $(NEW)))' '$(or $(ROUTE),$(error $(NEW)))' $(ACCESS:%=--access '%') $(if $(DOES),--does '$(subst ','\'',$(DOES))')

logs: ## Show the last log lines of all functions, newest last, or of one (F=get-metrics, LINES=50, FOLLOW=1)
	@$(STACK) logs $(F) $(LINES:%=--lines %) $(if $(filter 1,$(FOLLOW)),--follow)

status: ## Show whether the stack is running, and its URL
	@$(STACK) status

reset: ## Stop the stack and delete its database and keys
	@$(STACK) reset

test: ## Run all tests: local stack, unit, handler, and integration tests on a running stack
	@$(STACK) test --port $(PORT)

test-node: ## Run one Node test suite on the running stack (S=client)
	@$(STACK) node $(or $(S),$(error name the suite: make test-node S=client))

test-python: ## Build the Python client and run its tests on the running stack
	@$(STACK) python

test-redis: ## Test the second level of the cache with a real redis-server
	cargo clippy --package market --features redis -- --deny warnings
	cargo test --package tests --features redis cache::redis

check: ## Run all static checks: format, lints, documentation, licences, contract, template
	@$(STACK) setup check
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- --deny warnings
	RUSTDOCFLAGS="--deny warnings" cargo doc --workspace --no-deps
	$(DENY)
	$(TOOLS)/ruff check --no-cache infra/local infra/clients
	$(TOOLS)/ruff format --no-cache --check infra/local infra/clients
	$(TOOLS)/ruff check --no-cache --config infra/local/ruff.toml tests/schemathesis
	$(TOOLS)/ruff format --no-cache --config infra/local/ruff.toml --check tests/schemathesis
	.local/venv/bin/python -m bellwether.checks.bundle --check
	$(REDOCLY) lint --config infra/api/redocly.yaml infra/api/openapi.yaml
	.local/venv/bin/python -m bellwether.checks.breaking infra/api/released/openapi.yaml infra/api/openapi.yaml
	$(TOOLS)/cfn-lint template.yaml
	SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 $(TOOLS)/sam validate --lint

figures: ## Count lines, names, import cycles, long functions and resources against their limits
	@cargo run --quiet --package tests --bin figures
	@.local/venv/bin/python -m bellwether.checks.resources

contract: ## Bundle the contract sources, infra/api/src, into infra/api/openapi.yaml
	@$(STACK) contract

check-deep: ## Test the stack against the contract with 200 generated examples per operation
	@$(STACK) deep --port $(PORT)

load-scale: ## Load 5,000 generated stocks with 5 years of bars into the running stack (SEED=1), or delete them (DROP=1)
	@$(STACK) setup deep
	@$(SCALE) $(if $(filter 1,$(DROP)),drop,load --seed $(or $(SEED),1))

build: ## Build release bootstraps in target/lambda (CONTEXT=market, ARCH=arm64, FEATURES=market/redis)
	@$(STACK) setup check
	@$(STACK) build $(CONTEXT:%=--context %) $(ARCH:%=--arch %) $(FEATURES:%=--features %)

bench: build ## Measure the release bootstraps against their budgets (F=get-metrics for one function)
	@$(STACK) build --empty
	@$(STACK) up --detach --port $(PORT)
	@$(STACK) demo > /dev/null
	@$(TOOLS)/python tests/bench/talib_peer.py
	cargo bench --package tests --bench functions $(if $(F),-- $(F))

bench-scale: build ## Measure reads and Postgres queries with 5,000 stocks (after make load-scale)
	@$(STACK) setup deep
	@$(STACK) build --empty
	@# Queries first: in the first minute after a build, reads through a function take 25 % longer.
	@$(SCALE) bench
	cargo bench --package tests --bench functions -- scale

# Everything that one does with the checkout. Each target first installs what is missing (hack/bootstrap.sh; nothing to
# do takes milliseconds), so that any of them works on a fresh clone.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
export PATH := $(CURDIR)/node_modules/.bin:$(PATH):/usr/local/go/bin:/usr/sbin:/sbin

.PHONY: help
help: ## Show this list
	@echo 'weft: several networks for one pod. make TARGET, with TARGET one of:'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: bootstrap
bootstrap: ## Install what this machine lacks: Debian packages, node_modules (every target does it)
	@hack/bootstrap.sh

.PHONY: build
build: bootstrap ## Build dist/weft (the plugin) and dist/agent.mjs (the agent)
	@node hack/build/plugin.ts
	@node hack/build/agent.ts

.PHONY: test
test: bootstrap ## Build, verify and run all tests; ends with: N passed, N failed, N skipped (root for net and faults)
	@node hack/test.ts

.PHONY: test-long
test-long: bootstrap ## The same with twenty times as many cases for every property, then the bench with a dated report
	@node hack/test.ts --long
	@node test/bench/main.ts

.PHONY: test-unit
test-unit: bootstrap ## Only the quick tests that need neither root nor a build
	@vitest run --project unit

.PHONY: bench
bench: build ## Measure ADD, DEL, start, memory and the storm against the delegates alone (root)
	@node test/bench/main.ts

.PHONY: verify
verify: build ## Run every hack/verify-*.sh: arrows, generated files, bundle, dead code, licences, reproducible, …
	@node hack/verify.ts

.PHONY: demo-standalone
demo-standalone: build ## Show it at work without Kubernetes: two pods, three networks, teardown without the agent (root)
	@node hack/demo/standalone.ts

.PHONY: generate
generate: bootstrap ## Run all generators: validators, docs/errors.md, .dependency-cruiser.json
	@hack/update-generated.sh
	@hack/update-arrows.sh

.PHONY: fmt
fmt: bootstrap ## Format everything and apply Biome's safe fixes
	@hack/update-format.sh

.PHONY: lint
lint: bootstrap ## Biome, oxlint with types, tsc, arrows
	@hack/verify-format.sh
	@hack/verify-lint.sh
	@hack/verify-types.sh
	@hack/verify-arrows.sh

.PHONY: clean
clean: ## Remove dist, build, coverage (node_modules and the toolchain caches outside the checkout stay)
	@rm -rf dist build coverage

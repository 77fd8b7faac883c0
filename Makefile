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

.PHONY: bootstrap-build
bootstrap-build:
	@hack/bootstrap.sh build

.PHONY: build
build: bootstrap-build ## Build dist/weft (the plugin), dist/agent.mjs, dist/operator.mjs and dist/kubectl-weft
	@node hack/build/plugin.ts
	@node hack/build/agent.ts
	@node hack/build/cli.ts
	@node hack/build/operator.ts

.PHONY: toolchain
toolchain: bootstrap ## Build what the tests run besides weft into the cache: Kubernetes, etcd, containerd, … (minutes, once)
	@node hack/toolchain/main.ts

.PHONY: test
test: bootstrap ## Build, verify and run all tests; ends with: N passed, N failed, N skipped (root for net and faults)
	@node hack/test.ts

.PHONY: test-long
test-long: bootstrap ## The same with more of everything: cases, cluster cycles, kills, power cuts; then load, mutation testing and the bench, with dated reports
	@status=0; for part in 'hack/test.ts --long' test/load/admission.ts test/load/rotation.ts test/load/networks.ts \
		hack/mutation/main.ts test/bench/main.ts; do node $$part || status=1; done; exit $$status

.PHONY: mutation
mutation: bootstrap-build ## Change the sources in small ways and see whether the unit tests notice (OPTIONS="cni wire": these rooms)
	@node hack/mutation/main.ts $(OPTIONS)

.PHONY: test-unit
test-unit: bootstrap-build ## Only the quick tests that need neither root nor a build
	@vitest run --project unit

.PHONY: conformance
conformance: bootstrap-build ## Write docs/conformance.md: each line of the specifications, its tests, their last results (OPTIONS=--titles)
	@node hack/conformance/main.ts $(OPTIONS)

.PHONY: bench
bench: build ## Measure ADD, DEL, start, memory and the storm against the delegates alone (root)
	@node test/bench/main.ts

.PHONY: verify
verify: build ## Run every hack/verify-*.sh: arrows, generated files, bundle, dead code, licences, reproducible, …
	@node hack/verify.ts

.PHONY: demo
demo: bootstrap ## Show it at work on a Kubernetes of its own, without Docker: three pods, two networks, teardown (root)
	@node hack/demo/main.ts

.PHONY: demo-standalone
demo-standalone: build ## Show it at work without Kubernetes: two pods, three networks, teardown without the agent (root)
	@node hack/demo/standalone.ts

.PHONY: generate
generate: bootstrap-build ## Run all generators: validators, crds/, docs/errors.md, .dependency-cruiser.json
	@hack/update-generated.sh
	@hack/update-arrows.sh

.PHONY: image
image: bootstrap ## Build the container image with buildah: build/image/weft.tar, localhost/weft:dev
	@node hack/image/main.ts

.PHONY: release
release: build ## Everything a release consists of into build/release: manifests, image, kubectl-weft, SBOM, SHA256SUMS
	@node hack/release/main.ts

.PHONY: cluster-up
cluster-up: bootstrap ## A real Kubernetes on this machine, without Docker (root; NODES=2 NAME=dev OPTIONS=…)
	@node hack/cluster/main.ts up $(if $(NAME),--name=$(NAME)) $(if $(NODES),--nodes=$(NODES)) $(OPTIONS)

.PHONY: cluster-down
cluster-down: bootstrap ## End it and remove everything of it, also what a killed cluster-up left (NAME=dev)
	@node hack/cluster/main.ts down $(if $(NAME),--name=$(NAME))

.PHONY: cluster-status
cluster-status: bootstrap ## The clusters of this checkout and their nodes (NAME=… OPTIONS='-o json')
	@node hack/cluster/main.ts status $(if $(NAME),--name=$(NAME)) $(OPTIONS)

.PHONY: cluster-shell
cluster-shell: bootstrap ## A shell in a node; without NODE beside the control plane (NODE=node1 NAME=dev)
	@node hack/cluster/main.ts shell $(if $(NAME),--name=$(NAME)) $(if $(NODE),--node=$(NODE))

.PHONY: cluster-logs
cluster-logs: bootstrap ## A component's log; without COMPONENT which there are (COMPONENT=kubelet NODE=node1 NAME=dev OPTIONS=-f)
	@node hack/cluster/main.ts logs $(if $(NAME),--name=$(NAME)) $(if $(NODE),--node=$(NODE)) $(OPTIONS) $(COMPONENT)

.PHONY: kind-up
kind-up: bootstrap ## With Docker: a cluster in containers, two workers, no CNI (NAME=weft; node hack/kind/main.ts --help)
	@node hack/kind/main.ts up $(if $(NAME),--name=$(NAME))

.PHONY: kind-down
kind-down: bootstrap ## Remove the cluster of kind-up (NAME=weft)
	@node hack/kind/main.ts down $(if $(NAME),--name=$(NAME))

.PHONY: fmt
fmt: bootstrap-build ## Format everything and apply Biome's safe fixes
	@hack/update-format.sh

.PHONY: lint
lint: bootstrap-build ## Biome, oxlint with types, tsc, arrows
	@hack/verify-format.sh
	@hack/verify-lint.sh
	@hack/verify-types.sh
	@hack/verify-arrows.sh

.PHONY: clean
clean: ## Remove dist, build, coverage (node_modules and the toolchain caches outside the checkout stay)
	@rm -rf dist build coverage docs/conformance.md

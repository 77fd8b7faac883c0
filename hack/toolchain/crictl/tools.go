//go:build tools

// Package tools keeps the module graph of crictl in go.mod and go.sum. It is never compiled; the import
// list is also what hack/toolchain/crictl.sh builds.
package tools

import (
	_ "sigs.k8s.io/cri-tools/cmd/crictl"
)

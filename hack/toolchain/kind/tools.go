//go:build tools

// Package tools keeps the module graph of kind in go.mod and go.sum. It is never compiled; the import
// list is also what hack/toolchain/kind.sh builds.
package tools

import (
	_ "sigs.k8s.io/kind"
)

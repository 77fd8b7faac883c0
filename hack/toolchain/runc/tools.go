//go:build tools

// Package tools keeps the module graph of runc in go.mod and go.sum. It is never compiled; the import
// list is also what hack/toolchain/runc.sh builds.
package tools

import (
	_ "github.com/opencontainers/runc"
)

//go:build tools

// Package tools keeps the module graph of containerd in go.mod and go.sum. It is never compiled; the import
// list is also what hack/toolchain/containerd.sh builds.
package tools

import (
	_ "github.com/containerd/containerd/v2/cmd/containerd"
	_ "github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2"
	_ "github.com/containerd/containerd/v2/cmd/ctr"
)

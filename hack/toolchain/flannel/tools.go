//go:build tools

// Package tools keeps the module graph of the flannel plugin in go.mod and go.sum. It is never compiled; the import
// list is also what hack/toolchain/flannel.sh builds.
package tools

import (
	_ "github.com/containernetworking/plugins/plugins/meta/flannel"
)

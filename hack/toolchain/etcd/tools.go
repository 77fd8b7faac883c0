//go:build tools

// Package tools keeps the module graph of etcd in go.mod and go.sum. It is never compiled; the import
// list is also what hack/toolchain/etcd.sh builds.
package tools

import (
	_ "go.etcd.io/etcd/server/v3"
)

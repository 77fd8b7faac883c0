//go:build tools

// Package tools keeps Multus's module graph in go.mod and go.sum. It is never compiled.
package tools

import (
	_ "gopkg.in/k8snetworkplumbingwg/multus-cni.v4/cmd/multus"
)

//go:build tools

// Package tools keeps cnitool's module graph in go.mod and go.sum. It is never compiled.
package tools

import (
	_ "github.com/containernetworking/cni/cnitool"
)

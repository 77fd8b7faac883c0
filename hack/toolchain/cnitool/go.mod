module weft.dev/hack/toolchain/cnitool

go 1.24.2

require github.com/containernetworking/cni v1.3.0

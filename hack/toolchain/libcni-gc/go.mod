module weft.dev/hack/toolchain/libcni-gc

go 1.24.2

require github.com/containernetworking/cni v1.3.0

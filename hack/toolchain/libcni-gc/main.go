// Command libcni-gc is a container runtime that calls GC and nothing else, by libcni itself: cnitool does not say which
// attachments are in use.
//
//	NETCONFPATH=DIR CNI_PATH=DIRS CNI_CACHE=DIR libcni-gc NETWORK [CONTAINERID/IFNAME]...
//
// Without attachments libcni sends the list as null. It first deletes what its own cache has and the list has not.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/containernetworking/cni/libcni"
	"github.com/containernetworking/cni/pkg/types"
)

func main() {
	if err := collect(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func collect(words []string) error {
	if len(words) == 0 {
		return fmt.Errorf("usage: libcni-gc NETWORK [CONTAINERID/IFNAME]")
	}
	list, err := libcni.LoadNetworkConf(os.Getenv("NETCONFPATH"), words[0])
	if err != nil {
		return err
	}
	var args libcni.GCArgs
	for _, word := range words[1:] {
		id, ifname, found := strings.Cut(word, "/")
		if !found {
			return fmt.Errorf("%q is not CONTAINERID/IFNAME", word)
		}
		attachment := types.GCAttachment{ContainerID: id, IfName: ifname}
		args.ValidAttachments = append(args.ValidAttachments, attachment)
	}
	path := filepath.SplitList(os.Getenv("CNI_PATH"))
	runtime := libcni.NewCNIConfigWithCacheDir(path, os.Getenv("CNI_CACHE"), nil)
	return runtime.GCNetworkList(context.Background(), list, &args)
}

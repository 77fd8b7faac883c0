# weft's image: Node, the shared libraries that it needs, CA certificates, agent, operator and plugin. No shell, no package
# manager, no setuid file. `make image` builds it with buildah, which needs neither Docker nor a registry.
#
# With Docker: everything that goes in must lie in build/image/root first, and nothing else is sent (.dockerignore):
#
#   node hack/image/main.ts --stage-only
#   docker build --build-arg VERSION="$(cat VERSION)" --tag localhost/weft:dev .
#
# There is no build stage here, because that would need a base image: what it would do, hack/image does on this machine,
# whose architecture the image has therefore.
FROM scratch
ARG VERSION
LABEL org.opencontainers.image.title="weft" \
      org.opencontainers.image.description="A CNI meta-plugin: several networks for one Kubernetes pod" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION"
COPY --chown=0:0 build/image/root/ /
# Environment and flags are those in the first line of src/agent/main.ts; a test compares them.
ENV MALLOC_ARENA_MAX=1
ENTRYPOINT ["/usr/bin/node", "--max-semi-space-size=1", "--optimize-for-size", "--max-opt=2", "--heap-growing-percent=20", "/weft/agent.mjs"]

# attrigraph as a container of two static programs and nothing else: docker build --tag attrigraph:latest .
# docs/operating.md says how to run it.

FROM --platform=$BUILDPLATFORM golang:1.26-alpine AS build
WORKDIR /src
COPY . .
# What `attrigraph version` prints; git is not in the build context.
ARG VERSION
ARG TARGETOS
ARG TARGETARCH
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o out/ ./cmd/attrigraph ./deploy/probe \
    && mkdir out/data

FROM scratch
LABEL org.opencontainers.image.title="attrigraph" \
      org.opencontainers.image.description="GraphQL over a graph of public cyber-incident attribution" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY LICENSE NOTICE /
COPY --from=build /src/out/attrigraph /src/out/probe /
# A new volume takes its owner from here.
COPY --from=build --chown=65532:65532 /src/out/data /data
USER 65532:65532
# SQLite puts temporary files into the working folder: there is no /tmp.
WORKDIR /data
VOLUME /data
# All addresses of the container; which of the host's lead here is what is published. A request to a published port names
# the host's address, which no listener in here has: the loopback addresses are allowed because no other site's name can
# be one. The probe reads the same variables as the server.
ENV ATTRIGRAPH_LISTEN=0.0.0.0:8080 \
    ATTRIGRAPH_ALLOWED_HOSTS=127.0.0.1,[::1] \
    ATTRIGRAPH_STORE=sqlite:/data/attrigraph.db
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s --start-interval=1s --retries=3 CMD ["/probe"]
ENTRYPOINT ["/attrigraph"]
CMD ["serve"]

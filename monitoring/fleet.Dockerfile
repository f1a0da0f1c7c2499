# The simulated Tessallite platform of demo/tessallite, for the profile demo.
FROM golang:1.26.5-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    cd demo && CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /tessallite ./tessallite

FROM scratch
COPY --from=build /tessallite /tessallite
USER 65532:65532
EXPOSE 80 8000 8001 8080
ENTRYPOINT ["/tessallite"]

#!/usr/bin/env bash
# Stops Tessallite's monitoring stack and removes its data. With --keep-data, it keeps the data.
# The network tessallite_net remains, because the platform uses it. teardown.bat is the same
# script for Windows.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"

fail() {
  printf 'teardown: %s\n' "$1" >&2
  exit 1
}

volumes=--volumes
if [ $# -eq 1 ] && [ "$1" = --keep-data ]; then
  volumes=
elif [ $# -ne 0 ]; then
  fail "Unknown arguments: $*. Usage: teardown.sh [--keep-data]"
fi

command -v docker >/dev/null || fail "Docker is not installed. Install Docker: https://docs.docker.com/get-docker/"
docker compose version >/dev/null 2>&1 || fail "Docker Compose v2 is not installed. Install it: https://docs.docker.com/compose/install/"
docker version --format '{{.Server.Os}}_{{.Server.Arch}}' >/dev/null 2>&1 || fail "The Docker engine does not respond. Start Docker, and check with: docker version"

docker compose --profile alertmanager --profile demo down --remove-orphans ${volumes:+"$volumes"}
rm -rf .secrets

if [ -n "$volumes" ]; then
  echo "The monitoring stack is stopped, and its data is removed."
else
  echo "The monitoring stack is stopped. Its data is kept."
fi

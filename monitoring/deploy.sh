#!/usr/bin/env bash
# Starts Tessallite's monitoring stack, waits until it is healthy and prints its addresses.
# Running it again applies changes. deploy.bat is the same script for Windows.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"

fail() {
  printf 'deploy: %s\n' "$1" >&2
  exit 1
}

# read_setting NAME FILE prints the value of NAME in FILE, without quotes around it.
read_setting() {
  sed -n "s/^$1=//p" "$2" | tail -n 1 | tr -d '\r' |
    sed -e 's/[[:space:]]*$//' -e 's/^"\(.*\)"$/\1/' -e "s/^'\(.*\)'\$/\1/"
}

# check_port PORT NAME fails if a program listens on the port NAME.
check_port() {
  if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
    fail "Port $1 is in use. Stop the program that uses it, or set $2 in .env to another port."
  fi
}

# Check what the stack needs.
command -v docker >/dev/null || fail "Docker is not installed. Install Docker: https://docs.docker.com/get-docker/"
docker compose version >/dev/null 2>&1 || fail "Docker Compose v2 is not installed. Install it: https://docs.docker.com/compose/install/"
platform=$(docker version --format '{{.Server.Os}}_{{.Server.Arch}}' 2>/dev/null) || fail "The Docker engine does not respond. Start Docker, and check with: docker version"
[ -f .env ] || fail "There is no .env. Run: cp .env.example .env, and set GRAFANA_ADMIN_PASSWORD in it."
password=$(read_setting GRAFANA_ADMIN_PASSWORD .env)
[ -n "$password" ] || fail "GRAFANA_ADMIN_PASSWORD in .env is empty. Set a password."
[ "$password" != "$(read_setting GRAFANA_ADMIN_PASSWORD .env.example)" ] || fail "GRAFANA_ADMIN_PASSWORD in .env is the password of .env.example. Set another password."
plugin=${MODELMETRICS_PLUGIN:-$(read_setting MODELMETRICS_PLUGIN .env)}
plugin=${plugin:-../dist}
[ -f "$plugin/plugin.json" ] || fail "There is no plugin in $plugin. Run go tool mage buildAll in the root folder, or set MODELMETRICS_PLUGIN in .env to the folder of an unpacked release."
[ -f "$plugin/gpx_modelmetrics_$platform" ] || fail "The plugin in $plugin is not built for the containers ($platform). Run go tool mage buildAll in the root folder, or set MODELMETRICS_PLUGIN in .env to the folder of an unpacked release."
profiles=${COMPOSE_PROFILES:-$(read_setting COMPOSE_PROFILES .env)}
prometheus_port=${PROMETHEUS_PORT:-$(read_setting PROMETHEUS_PORT .env)}
prometheus_port=${prometheus_port:-9090}
grafana_port=${GRAFANA_PORT:-$(read_setting GRAFANA_PORT .env)}
grafana_port=${grafana_port:-3001}
alertmanager_port=${ALERTMANAGER_PORT:-$(read_setting ALERTMANAGER_PORT .env)}
alertmanager_port=${alertmanager_port:-9093}
# If the stack is running, its own containers use the ports.
running=$(docker compose ps --quiet --status running)
if [ -z "$running" ]; then
  check_port "$prometheus_port" PROMETHEUS_PORT
  check_port "$grafana_port" GRAFANA_PORT
  case ",$profiles," in *,alertmanager,*) check_port "$alertmanager_port" ALERTMANAGER_PORT ;; esac
fi

# The user of Grafana's container must be able to read the file. Other users of this machine
# can't, because they can't open the folder.
mkdir -p .secrets
chmod 700 .secrets
printf '%s' "$password" >.secrets/grafana_admin_password
chmod 644 .secrets/grafana_admin_password

# With this label, the Compose project of the platform also accepts the network.
if ! docker network inspect tessallite_net >/dev/null 2>&1; then
  docker network create --label com.docker.compose.network=tessallite_net tessallite_net >/dev/null
fi

if ! docker compose up --detach --remove-orphans --wait --wait-timeout 300; then
  docker compose ps --all >&2 || true
  docker compose logs --tail 20 >&2 || true
  fail "The stack did not start, or is not healthy. The reason is above."
fi

echo "The monitoring stack is healthy."
echo "  Dashboard:    http://127.0.0.1:$grafana_port/d/tessallite-overview"
echo "  Grafana:      http://127.0.0.1:$grafana_port (user admin, password in .env)"
echo "  Prometheus:   http://127.0.0.1:$prometheus_port"
case ",$profiles," in *,alertmanager,*) echo "  Alertmanager: http://127.0.0.1:$alertmanager_port" ;; esac

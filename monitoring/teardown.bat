@echo off
rem Stops Tessallite's monitoring stack and removes its data. With --keep-data, it keeps the data.
rem The network tessallite_net remains, because the platform uses it. teardown.sh is the same
rem script for Linux and macOS.
setlocal EnableExtensions DisableDelayedExpansion
cd /d "%~dp0" || exit /b 1

set "volumes=--volumes"
if not "%~2"=="" goto unknown
if "%~1"=="" goto checked
if not "%~1"=="--keep-data" goto unknown
set "volumes="
:checked

where docker >nul 2>nul || goto no_docker
docker compose version >nul 2>nul || goto no_compose
docker version --format "{{.Server.Os}}_{{.Server.Arch}}" >nul 2>nul || goto no_engine

docker compose --profile alertmanager --profile demo down --remove-orphans %volumes% || exit /b 1
if exist .secrets rmdir /s /q .secrets

if defined volumes (
  echo The monitoring stack is stopped, and its data is removed.
) else (
  echo The monitoring stack is stopped. Its data is kept.
)
exit /b 0

:unknown
echo teardown: Unknown arguments: %*. Usage: teardown.bat [--keep-data]>&2
exit /b 1
:no_docker
echo teardown: Docker is not installed. Install Docker: https://docs.docker.com/get-docker/>&2
exit /b 1
:no_compose
echo teardown: Docker Compose v2 is not installed. Install it: https://docs.docker.com/compose/install/>&2
exit /b 1
:no_engine
echo teardown: The Docker engine does not respond. Start Docker, and check with: docker version>&2
exit /b 1

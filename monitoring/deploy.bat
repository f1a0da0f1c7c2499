@echo off
rem Starts Tessallite's monitoring stack, waits until it is healthy and prints its addresses.
rem Running it again applies changes. deploy.sh is the same script for Linux and macOS.
setlocal EnableExtensions DisableDelayedExpansion
cd /d "%~dp0" || exit /b 1

rem Check what the stack needs.
where docker >nul 2>nul || goto no_docker
docker compose version >nul 2>nul || goto no_compose
set "platform="
for /f "usebackq delims=" %%P in (`docker version --format "{{.Server.Os}}_{{.Server.Arch}}" 2^>nul`) do set "platform=%%P"
if not defined platform goto no_engine
if not exist .env goto no_env
rem The exit code is 3 for an empty password and 4 for that of .env.example. Otherwise PowerShell
rem writes the password to its file, without a variable of this script, because the password may
rem contain any character.
powershell -NoProfile -Command "function Read-Setting($name, $file) { $value = ''; foreach ($line in Get-Content -Encoding UTF8 -LiteralPath $file) { if ($line -cmatch ('^' + $name + '=(.*)$')) { $value = $Matches[1].TrimEnd() } }; if ($value -match '^([\x22\x27])(.*)\1$') { $value = $Matches[2] }; $value }; $password = Read-Setting GRAFANA_ADMIN_PASSWORD .env; if ($password -eq '') { exit 3 }; if ($password -ceq (Read-Setting GRAFANA_ADMIN_PASSWORD .env.example)) { exit 4 }; $null = New-Item -ItemType Directory -Force .secrets; [IO.File]::WriteAllText((Join-Path (Get-Location).Path '.secrets\grafana_admin_password'), $password)"
if %errorlevel% equ 3 goto no_password
if %errorlevel% equ 4 goto example_password
if %errorlevel% neq 0 exit /b 1
call :read_setting MODELMETRICS_PLUGIN plugin "..\dist"
if not exist "%plugin%\plugin.json" goto no_plugin
if not exist "%plugin%\gpx_modelmetrics_%platform%" goto other_plugin
call :read_setting COMPOSE_PROFILES profiles ""
call :read_setting PROMETHEUS_PORT prometheus_port 9090
call :read_setting GRAFANA_PORT grafana_port 3001
call :read_setting ALERTMANAGER_PORT alertmanager_port 9093
set "with_alertmanager="
for %%P in (%profiles%) do if "%%P"=="alertmanager" set "with_alertmanager=yes"
rem If the stack is running, its own containers use the ports.
set "running="
for /f "usebackq delims=" %%C in (`docker compose ps --quiet --status running`) do set "running=%%C"
if defined running goto ports_checked
call :check_port %prometheus_port% PROMETHEUS_PORT || exit /b 1
call :check_port %grafana_port% GRAFANA_PORT || exit /b 1
if defined with_alertmanager call :check_port %alertmanager_port% ALERTMANAGER_PORT || exit /b 1
:ports_checked

rem With this label, the Compose project of the platform also accepts the network.
docker network inspect tessallite_net >nul 2>nul && goto network_exists
docker network create --label com.docker.compose.network=tessallite_net tessallite_net >nul || exit /b 1
:network_exists

docker compose up --detach --remove-orphans --wait --wait-timeout 300 || goto not_healthy

echo The monitoring stack is healthy.
echo   Dashboard:    http://127.0.0.1:%grafana_port%/d/tessallite-overview
echo   Grafana:      http://127.0.0.1:%grafana_port% (user admin, password in .env)
echo   Prometheus:   http://127.0.0.1:%prometheus_port%
if defined with_alertmanager echo   Alertmanager: http://127.0.0.1:%alertmanager_port%
exit /b 0

rem read_setting NAME VARIABLE DEFAULT sets VARIABLE to the environment variable NAME, or to the
rem value of NAME in .env without quotes around it, or to DEFAULT.
:read_setting
set "%2=%~3"
for /f "usebackq tokens=1,* delims==" %%A in (".env") do if "%%A"=="%1" if not "%%~B"=="" set "%2=%%~B"
if defined %1 call set "%2=%%%1%%"
exit /b 0

rem check_port PORT NAME fails if a program listens on the port NAME.
:check_port
powershell -NoProfile -Command "try { (New-Object Net.Sockets.TcpClient).Connect('127.0.0.1', %1); exit 1 } catch { exit 0 }" && exit /b 0
echo deploy: Port %1 is in use. Stop the program that uses it, or set %2 in .env to another port.>&2
exit /b 1

:no_docker
echo deploy: Docker is not installed. Install Docker: https://docs.docker.com/get-docker/>&2
exit /b 1
:no_compose
echo deploy: Docker Compose v2 is not installed. Install it: https://docs.docker.com/compose/install/>&2
exit /b 1
:no_engine
echo deploy: The Docker engine does not respond. Start Docker, and check with: docker version>&2
exit /b 1
:no_env
echo deploy: There is no .env. Run: copy .env.example .env, and set GRAFANA_ADMIN_PASSWORD in it.>&2
exit /b 1
:no_password
echo deploy: GRAFANA_ADMIN_PASSWORD in .env is empty. Set a password.>&2
exit /b 1
:example_password
echo deploy: GRAFANA_ADMIN_PASSWORD in .env is the password of .env.example. Set another password.>&2
exit /b 1
:no_plugin
echo deploy: There is no plugin in %plugin%. Run go tool mage buildAll in the root folder, or set MODELMETRICS_PLUGIN in .env to the folder of an unpacked release.>&2
exit /b 1
:other_plugin
echo deploy: The plugin in %plugin% is not built for the containers (%platform%). Run go tool mage buildAll in the root folder, or set MODELMETRICS_PLUGIN in .env to the folder of an unpacked release.>&2
exit /b 1
:not_healthy
docker compose ps --all >&2
docker compose logs --tail 20 >&2
echo deploy: The stack did not start, or is not healthy. The reason is above.>&2
exit /b 1

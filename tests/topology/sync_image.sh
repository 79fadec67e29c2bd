#!/bin/sh
# Fill .venv-server with the very command of the Dockerfile, at the very path it has in the image: scripts name that path
# in their first line. Runs in a mount namespace of its own: unshare --mount tests/topology/sync_image.sh UV
set -eu
checkout=$PWD
case $1 in /*) uv=$1 ;; */*) uv=$checkout/$1 ;; *) uv=$(command -v "$1") ;; esac
mkdir -p .venv-server /opt/monitor
mount -t tmpfs -o mode=755 image /opt/monitor
mkdir /opt/monitor/src /opt/monitor/.venv
mount --bind "$checkout/src" /opt/monitor/src
mount --bind "$checkout/.venv-server" /opt/monitor/.venv
cp pyproject.toml uv.lock README.md LICENSE /opt/monitor
cd /opt/monitor
exec "$uv" sync --frozen --no-dev --group server --compile-bytecode

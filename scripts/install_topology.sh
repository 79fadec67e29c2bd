#!/bin/sh
# What `make test-topology` runs the services with, from the packages of Debian: docker-compose reads the compose file,
# promtool the rules of Prometheus. Needs root. No service is started: the tests start what they need, and end it.
set -eu
export DEBIAN_FRONTEND=noninteractive
readonly packages="docker-compose iproute2 nginx-light postgresql prometheus redis-server util-linux"

missing=
for package in $packages; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

# Debian starts what it installs, unless this file says no; one that is there already says so in its own way and stays
readonly policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 0755 "$policy"
fi
apt-get update -qq
# shellcheck disable=SC2086  a list of names
apt-get install -y -qq --no-install-recommends $missing >/dev/null

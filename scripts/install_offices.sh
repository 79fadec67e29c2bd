#!/bin/sh
# The programs that `make test-offices` asks to read a release, from the packages of Debian. Needs root.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends libreoffice-calc-nogui r-base-core gdal-bin chromium

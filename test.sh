#!/usr/bin/env bash
# Installs what is missing, builds everything, runs all tests. Arguments go to ctest: ./test.sh -R storage
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=cmake/prepare.sh
source cmake/prepare.sh
install_missing
build all
exec ctest --test-dir build --output-on-failure -j2 "$@"

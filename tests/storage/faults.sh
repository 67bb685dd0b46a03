#!/usr/bin/env bash
# faults.sh [BUILD]: lets every single write, sync and open of a small training fail, once and from then on, and looks
# at the notebook after each: first under the tests' own writer, then under burdock-cli. Takes an hour or so.
set -e
cd "$(dirname "$0")/../.."
build=$(realpath "${1:-build}")
export QT_QPA_PLATFORM=offscreen FAULTS_ALL=1 QTEST_FUNCTION_TIMEOUT=100000000
"$build/tests/storage/storage_fault_test"
FAULTS_PROGRAM="$build/bin/burdock-cli" "$build/tests/storage/storage_fault_test"

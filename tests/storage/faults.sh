#!/usr/bin/env bash
# faults.sh [BUILD [PARTS]]: lets every single write, sync and open of a small training fail, once and from then on, and
# looks at the notebook after each: under the tests' own writer, and under burdock-cli. Most of the time is spent in
# waiting for the disk, so that many PARTS (24) go on at once; takes half an hour or so. Tells what was borne.
set -e
cd "$(dirname "$0")/../.."
build=$(realpath "${1:-build}")
parts=${2:-24}
told=$(mktemp -d)
trap 'rm -rf "$told"' EXIT
export QT_QPA_PLATFORM=offscreen QTEST_FUNCTION_TIMEOUT=100000000
programs=()
for ((part = 1; part <= parts; ++part)); do
    FAULTS_ALL=$part/$parts "$build/tests/storage/storage_fault_test" everyFaultIsBorne >"$told/writer.$part" 2>&1 &
    programs+=($!)
    FAULTS_ALL=$part/$parts FAULTS_PROGRAM="$build/bin/burdock-cli" \
        "$build/tests/storage/storage_fault_test" everyFaultIsBorne >"$told/burdock-cli.$part" 2>&1 &
    programs+=($!)
done
failed=0
for program in "${programs[@]}"; do wait "$program" || failed=1; done
grep -h -A5 -E "^(FAIL!|XPASS|QFATAL)" "$told"/* || true
for program in writer burdock-cli; do
    # "INFO : …(write, once) 12 of 284 write calls failed, once"
    cat "$told/$program".* | grep -oE "[0-9]+ of [0-9]+ [a-z]+ calls failed, [a-z]+" |
        awk -v program=$program '{ sum[$4 " " $7] += $1 } END { for (kind in sum) print program ": " sum[kind] " " kind }' | sort
done
exit $failed

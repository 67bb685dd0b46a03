#!/usr/bin/env bash
# Runs the fuzzers, a minute each: tests/fuzz/fuzz.sh [-s SECONDS | -n EXECUTIONS] [NAME...]
# Builds them first (cmake --preset fuzz, which needs clang). They begin with the inputs of
# tests/fuzz/corpus/NAME; what reaches new code is kept in build-fuzz/corpus/NAME, and what fails in
# build-fuzz/found/NAME.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
if [ "${1:-}" = --help ]; then
    sed -n '2,5s/^# //p' "${BASH_SOURCE[0]}"
    exit
fi
limit=(-max_total_time=60)
while getopts s:n: option; do
    case $option in
    s) limit=(-max_total_time="$OPTARG") ;;
    n) limit=(-runs="$OPTARG") ;;
    *)
        tests/fuzz/fuzz.sh --help
        exit 2
        ;;
    esac
done
shift $((OPTIND - 1))
names=("$@")
[ $# -gt 0 ] || names=(model training checkpoint rows notebook idx cifar csv npz pictures sound text)

[ -e build-fuzz/build.ninja ] || cmake --preset fuzz
cmake --build --preset fuzz --target "${names[@]/#/fuzz_}"

# One thread, so that an input does the same each time; a refusal must not take memory first. Where memory came
# from is kept in three lines: run what was found again by itself for all of them. What was freed is kept from
# use for as long as an input takes, not longer, or every page of memory would be a new one.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 QT_QPA_PLATFORM=offscreen
export ASAN_OPTIONS=malloc_context_size=3:detect_odr_violation=0:allocator_may_return_null=0:quarantine_size_mb=16
export LSAN_OPTIONS=suppressions=$PWD/tests/support/lsan.supp:print_suppressions=0
declare -A longest=([cifar]=12400 [model]=6000 [training]=4000 [pictures]=3000 [text]=3000 [csv]=3000 [npz]=3000 [sound]=4000 [rows]=256 [notebook]=300)
failed=()
for name in "${names[@]}"; do
    mkdir -p "build-fuzz/corpus/$name" "build-fuzz/found/$name"
    echo "== $name"
    log=build-fuzz/found/$name.log
    if ! "build-fuzz/tests/fuzz/fuzz_$name" "${limit[@]}" -max_len="${longest[$name]:-2000}" -timeout=20 \
        -rss_limit_mb=1500 -malloc_limit_mb=256 -print_final_stats=1 -verbosity=1 \
        -artifact_prefix="build-fuzz/found/$name/" \
        "build-fuzz/corpus/$name" "tests/fuzz/corpus/$name" >"$log" 2>&1; then
        failed+=("$name")
        grep -nE 'ERROR|runtime error|SUMMARY|does not:|Test unit written' "$log" | tail -5 || true
    fi
    grep -E 'DONE|number_of_executed_units|peak_rss_mb' "$log" | tail -3 || true
done
if [ ${#failed[@]} -gt 0 ]; then
    echo "Findings: ${failed[*]}"
    exit 1
fi

#!/usr/bin/env bash
# install_test.sh CMAKE BUILD_FOLDER: an installation works where it stands, without the tree it was built from.
set -euo pipefail
cmake=$1 build=$2
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
fail() { echo "install_test: $*" >&2; exit 1; }

DESTDIR=$place "$cmake" --install "$build" --prefix /usr >/dev/null
prefix=$place/usr
for file in bin/burdock-cli share/applications/burdock.desktop share/mime/packages/burdock.xml \
    share/icons/hicolor/scalable/apps/burdock.svg; do
    [[ -s $prefix/$file ]] || fail "$file is not installed"
done

# Not strings of the binary: what the loader would open.
cli=$prefix/bin/burdock-cli
env -u LD_LIBRARY_PATH ldd "$cli" | grep "libburdock_engine.so => $prefix/" >/dev/null ||
    fail "burdock-cli takes its engine from elsewhere"
opened=$(env HOME="$place" XDG_DATA_HOME="$place" LD_DEBUG=files "$cli" datasets --json 2>&1 >"$place/datasets.json" |
    grep -o 'calling init: .*/plugins/[a-z]*\.so' | grep burdock/plugins || true)
[[ $opened == *"$prefix/"* ]] || fail "burdock-cli loads no installed plugin: ${opened:-none}"
[[ $opened != *"$build"* ]] || fail "burdock-cli loads plugins of the build tree: $opened"
grep -q '"digits"' "$place/datasets.json" || fail "the shipped data set of digits is not found"

# The MIME type knows a notebook by the number that the program writes.
sample=$prefix/share/burdock/notebook/sample.burdock
[[ -s $sample ]] || fail "the sample notebook is not installed"
id=0x$(od -An -tx1 -j68 -N4 "$sample" | tr -d ' ')
grep -q "value=\"$id\" offset=\"68\"" "$prefix/share/mime/packages/burdock.xml" || fail "notebooks have the application id $id"

# The desktop's own judgement, where its tools are there.
if command -v desktop-file-validate >/dev/null; then
    desktop-file-validate "$prefix/share/applications/burdock.desktop"
fi
if command -v update-mime-database >/dev/null; then
    update-mime-database "$prefix/share/mime" 2>/dev/null
    grep -q 'application/x-burdock:\*.burdock' "$prefix/share/mime/globs2" || fail "the MIME type has no file name"
fi

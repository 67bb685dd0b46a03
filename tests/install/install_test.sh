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

# The reference documentation has every layer; a program without its plugins takes none from elsewhere.
reference=$prefix/share/doc/burdock/reference
grep -q 'id="conv2d"' "$reference/layers.html" || fail "the reference does not explain conv2d"
grep -q 'losses.html#hinge' "$reference/index.html" || fail "the reference has no index"
run() { env HOME="$place" XDG_DATA_HOME="$place" "$cli" "$@"; }
plugins=$(find "$prefix" -type d -path '*/burdock/plugins')
mv "$plugins" "$plugins-away"
run datasets --json | grep -q '"formats":\[\]' || fail "without its plugin folder, burdock-cli loads plugins of the build tree"
mv "$plugins-away" "$plugins"

# A plugin is built outside the tree with what is installed, and what it brings can be used.
cp -r "$prefix/share/doc/burdock/example-plugin" "$place/example"
{ "$cmake" -G Ninja -S "$place/example" -B "$place/example/build" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_CXX_FLAGS_DEBUG=-O0 && "$cmake" --build "$place/example/build" -j 2; } >"$place/build.log" 2>&1 ||
    { tail -30 "$place/build.log" >&2; fail "the example plugin does not build"; }
export BURDOCK_PLUGIN_PATH=$place/example/build
for entry in layers:example.clamp losses:example.log-cosh metrics:example.bias optimizers:example.sign data-formats:example.points \
    exporters:example.dot; do
    run "${entry%%:*}" "${entry#*:}" --json | grep -q "\"id\":\"${entry#*:}\"" || fail "there is no $entry"
done
for i in $(seq 60); do echo "$((i % 3 * 4)).$((i % 7)) $((i % 5)) $((i % 3))"; done >"$place/three.points"
cat >"$place/net.json" <<'MODEL'
{"burdock_model": 1, "name": "net", "nodes": [
 {"id": 1, "type": "input", "name": "input", "params": {"channels": 2, "height": 1, "width": 1}},
 {"id": 2, "type": "dense", "name": "dense", "params": {"units": 3}},
 {"id": 3, "type": "example.clamp", "name": "clamp", "params": {"limit": 5.0}}],
 "edges": [[1, 2, 0], [2, 3, 0]]}
MODEL
printf '1 2 0\n3 4 -5\n' >"$place/wrong.points"
run train "$place/net.json" --data "$place/wrong.points" 2>"$place/wrong.txt" && fail "a class below 0 is trained on"
grep -q "Line 2 is no point" "$place/wrong.txt" || fail "it is not told which line is wrong"
run train "$place/net.json" --data "$place/three.points" --optimizer example.sign --epochs 2 --json \
    --notebook "$place/n.burdock" >"$place/train.json" || fail "nothing is trained with the plugin's entries"
run describe "$place/net.json" --save "$place/net.dot" >/dev/null
grep -q 'n1 -> n2' "$place/net.dot" || fail "the plugin's exporter does not write"
unset BURDOCK_PLUGIN_PATH

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

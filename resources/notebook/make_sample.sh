#!/usr/bin/env bash
# make_sample.sh [OUT.burdock]: trains the finished runs that the sample notebook starts with, on the data sets that are
# shipped, through build/bin/burdock-cli. Takes about a minute. Networks are small: the notebook is kept in the tree.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cli=$here/../../build/bin/burdock-cli
out=${1:-$here/sample.burdock}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
notebook=$scratch/sample.burdock

train() { "$cli" train "$@" --notebook "$notebook"; }
# One thread: as fast for networks of this size, and the same to the last bit on another machine of the kind.
fashion=(--data fashion-mnist-small --batch 32 --threads 1)
train template:perceptron --name "Perceptron" "${fashion[@]}" --epochs 6 --optimizer sgd --learning-rate 0.1
train "$here/models/mlp-32.json" --name "One hidden layer of 32" "${fashion[@]}" --epochs 6
train template:lenet5 --name "LeNet-5, Adam" "${fashion[@]}" --epochs 6
train template:lenet5 --name "LeNet-5, momentum" "${fashion[@]}" --epochs 6 --optimizer momentum --learning-rate 0.02
train "$here/models/digits-cnn.json" --name "Digits, small CNN" --data digits --batch 16 --threads 1 --epochs 8 --learning-rate 0.002

# One file without a log beside it, and no free pages.
python3 - "$notebook" <<'END'
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
database.execute("VACUUM")
database.execute("PRAGMA journal_mode = DELETE")
assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
END
mv "$notebook" "$out"
"$cli" runs --notebook "$out"
rm -f "$out-wal" "$out-shm"
ls -l "$out"

#!/usr/bin/env python3
"""What Burdock and scikit-learn's multilayer perceptron reach on the shipped tables, on the same test rows.

    tests/bench/tables.py [build/bin/burdock-cli]

Needs: apt-get install python3-sklearn. One line a data set: the accuracy on the test part (R² where a number is
predicted) for the seeds 1, 2, 3, and the medians. Burdock: one hidden layer of 100 ReLU, 60 epochs with
default settings (Adam, batch 32), all rows that are not test rows to learn from (validation share 0).
scikit-learn: its defaults (one hidden layer of 100 ReLU, up to 200 epochs) on features that are
standardised by the training part, numbers to predict too.
"""
import csv
import gzip
import io
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import warnings

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor

TOP = pathlib.Path(__file__).parents[2]
DATA = TOP / "resources/datasets"
CLI = sys.argv[1] if len(sys.argv) > 1 else str(TOP / "build/bin/burdock-cli")
EPOCHS = "60"
SEEDS = (1, 2, 3)
TABLES = {"iris": "iris.csv", "wine": "wine.csv", "breast-cancer": "breast-cancer.csv", "digits": "digits.csv.gz",
          "diabetes": "diabetes.csv"}
MASK = (1 << 64) - 1


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def bits(key, counter):
    return mix((mix((key + 0x9E3779B97F4A7C15) & MASK) + counter * 0x9E3779B97F4A7C15) & MASK)


def test_rows(count, share=0.2):
    """The rows that engine/data/split.cpp holds out, the same for every seed."""
    order, key = list(range(count)), bits(0, ~1 & MASK)
    for i in range(count, 1, -1):
        j = (bits(key, i) * i) >> 64
        order[i - 1], order[j] = order[j], order[i - 1]
    return sorted(order[:round(share * count)])


def table(name):
    file = DATA / TABLES[name]
    text = gzip.open(file, "rt").read() if file.suffix == ".gz" else file.read_text()
    rows = list(csv.reader(io.StringIO(text)))[1:]
    return np.array([[float(v) for v in row[:-1]] for row in rows]), np.array([row[-1] for row in rows])


def scikit(name):
    x, y = table(name)
    held = test_rows(len(y))
    rest = [i for i in range(len(y)) if i not in set(held)]
    x = x / 16 if name == "digits" else (x - x[rest].mean(0)) / x[rest].std(0)
    make = MLPClassifier
    if name == "diabetes":
        make, y = MLPRegressor, y.astype(float)
        y = (y - y[rest].mean()) / y[rest].std()
    return [make(random_state=seed).fit(x[rest], y[rest]).score(x[held], y[held]) for seed in SEEDS]


def model(info, folder):
    """Input, a hidden layer of 100 ReLU, the output that the task wants."""
    size = info["input"]
    layers = [("input", dict(size))]
    if size["height"] * size["width"] > 1:
        layers.append(("flatten", {}))
    layers += [("dense", {"units": 100}), ("relu", {})]
    layers.append(("dense", {"units": info["targets"]}))
    layers += {"multiclass": [("softmax", {})], "binary": [("sigmoid", {})]}.get(info["task"], [])
    nodes = [{"id": i + 1, "type": kind, "name": f"{kind} {i}", "params": params, "position": [220 * i, 0]}
             for i, (kind, params) in enumerate(layers)]
    path = pathlib.Path(folder) / "model.json"
    path.write_text(json.dumps({"burdock_model": 1, "name": "Table", "nodes": nodes,
                                "edges": [[i, i + 1, 0] for i in range(1, len(nodes))]}))
    return path


def burdock(name):
    info = json.loads(subprocess.run([CLI, "datasets", name, "--json"], check=True, capture_output=True).stdout)
    scores = []
    with tempfile.TemporaryDirectory() as folder:
        path = model(info, folder)
        for seed in SEEDS:
            lines = subprocess.run([CLI, "train", path, "--data", name, "--epochs", EPOCHS, "--seed", str(seed), "--json",
                                    "--notebook", f"{folder}/notes.burdock", "--validation-fraction", "0"], check=True, capture_output=True).stdout
            end = json.loads(lines.splitlines()[-1])
            if info["task"] == "regression":  # the loss is that of standardised numbers
                _, y = table(name)
                y, held = y.astype(float), test_rows(len(y))
                rest = [i for i in range(len(y)) if i not in set(held)]
                scores.append(1 - end["test_loss"] * y[rest].var() / y[held].var())
            else:
                scores.append(end["test_accuracy"])
    return scores


def main():
    warnings.simplefilter("ignore")  # that 200 epochs were not enough is scikit-learn's default
    for name in TABLES:
        for who, scores in (("scikit-learn", scikit(name)), ("burdock", burdock(name))):
            print(f"{name:14}{who:13}", " ".join(f"{s:.4f}" for s in scores),
                  f"median {statistics.median(scores):.4f}", flush=True)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""What Burdock's proposals and its scaled targets reach in regression, and PyTorch on raw targets.

    tests/bench/regression_bench.py [build/bin/burdock-cli]

Needs: apt-get install python3-torch. A function of four features, 1,000 rows without noise, its targets in 0 to 1 or in
0 to 100. R² on the same test rows, the median of the seeds 1, 2 and 3: of what `train proposal` proposes, and of a
network of two hidden layers of 32 ReLU with each activation at the output, 400 epochs of Adam at 0.001 with batches of
32, all rows that are not test rows to learn from. Behind a sigmoid or tanh PyTorch cannot reach 100: Burdock scales
targets so that the output's activation can.
"""
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy as np
import torch

from tables import test_rows

TOP = pathlib.Path(__file__).parents[2]
CLI = sys.argv[1] if len(sys.argv) > 1 else str(TOP / "build/bin/burdock-cli")
ENDS = {"none": None, "relu": torch.nn.ReLU, "softplus": torch.nn.Softplus, "sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh}
EPOCHS, SEEDS = 400, (1, 2, 3)


def rows(most):
    draw = np.random.default_rng(5)
    x = draw.uniform(-1, 1, (1000, 4))
    y = np.sin(3 * x[:, 0]) + x[:, 1] ** 2 + x[:, 2] * x[:, 3]
    return x, (y - y.min()) / (y.max() - y.min()) * most


def r2(y, answers):
    return 1 - ((y - answers) ** 2).sum() / ((y - y.mean()) ** 2).sum()


def by_torch(x, y, end, seed):
    torch.manual_seed(seed)
    layers = [torch.nn.Linear(4, 32), torch.nn.ReLU(), torch.nn.Linear(32, 32), torch.nn.ReLU(), torch.nn.Linear(32, 1)]
    network = torch.nn.Sequential(*layers, *([ENDS[end]()] if ENDS[end] else []))
    held = test_rows(len(y))
    rest = np.setdiff1d(np.arange(len(y)), held)
    inputs = torch.tensor((x - x[rest].mean(0)) / x[rest].std(0), dtype=torch.float32)
    targets = torch.tensor(y, dtype=torch.float32)[:, None]
    adam = torch.optim.Adam(network.parameters(), lr=0.001)
    for _ in range(EPOCHS):
        order = rest[torch.randperm(len(rest)).numpy()]
        for at in range(0, len(order), 32):
            batch = order[at:at + 32]
            adam.zero_grad()
            torch.nn.functional.mse_loss(network(inputs[batch]), targets[batch]).backward()
            adam.step()
    with torch.no_grad():
        return r2(y[held], network(inputs[held]).numpy()[:, 0])


def model(end, folder):
    layers = [("input", {"channels": 4, "height": 1, "width": 1}), ("dense", {"units": 32}), ("relu", {}), ("dense", {"units": 32}),
              ("relu", {}), ("dense", {"units": 1})] + ([(end, {})] if ENDS[end] else [])
    nodes = [{"id": i + 1, "type": kind, "name": f"{kind} {i}", "params": params, "position": [220 * i, 0]}
             for i, (kind, params) in enumerate(layers)]
    path = pathlib.Path(folder) / "model.json"
    path.write_text(json.dumps({"burdock_model": 1, "name": "Regression", "nodes": nodes,
                                "edges": [[i, i + 1, 0] for i in range(1, len(nodes))]}))
    return path


def by_burdock(network, table, seed, folder):
    lines = subprocess.run([CLI, "train", str(network), "--data", f"{table}:task=number", "--epochs", str(EPOCHS), "--seed",
                            str(seed), "--json", "--notebook", f"{folder}/notes.burdock", "--validation-fraction", "0"],
                           check=True, capture_output=True).stdout
    return json.loads(lines.splitlines()[-1])["test_r2"]


def main():
    torch.set_num_threads(1)
    print(f"{'targets':10}{'output':12}{'Burdock':>9}{'PyTorch':>9}")
    for most in (1, 100):
        x, y = rows(most)
        with tempfile.TemporaryDirectory() as folder:
            table = pathlib.Path(folder) / "table.csv"
            np.savetxt(table, np.column_stack([x, y]), "%.9g", ",", header="a,b,c,d,y", comments="")
            proposed = json.loads(subprocess.run([CLI, "propose", str(table), "--json"], check=True,
                                                 capture_output=True).stdout)["proposed"]
            end = next(line["value"] for line in proposed if line["what"] == "Output activation")
            reached = statistics.median(by_burdock("proposal", table, seed, folder) for seed in SEEDS)
            print(f"0 to {most:<5}{'proposal':12}{reached:9.4f}{'':9} {end}", flush=True)
            for end in ENDS:
                own = statistics.median(by_burdock(model(end, folder), table, seed, folder) for seed in SEEDS)
                other = statistics.median(by_torch(x, y, end, seed) for seed in SEEDS)
                print(f"0 to {most:<5}{end:12}{own:9.4f}{other:9.4f}", flush=True)


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""Makes trajectories.json beside itself: what PyTorch's optimizers and schedules do over 50 steps.

Needs Debian's python3-torch. Four weights move in double precision along a gradient that both sides work out from the
weights and the step's number, so that a wrong step would show in all that follow. Lion is not in PyTorch 1.13: it
is written out here from its paper (Chen et al. 2023, algorithm 2). Of the two forms of NAdam in 1.13, the one over
single tensors multiplies the last momentum in twice (mended in 2.0); the other one is taken.
"""
import json
import math
import pathlib

import torch

STEPS = 50
FIRST = [1.0, -0.5, 0.25, 2.0]


def gradient(weights, step):
    return [(1 + i) * 0.5 * (w - 0.1 * i) + 0.3 * math.sin(0.7 * step * (i + 1)) for i, w in enumerate(weights)]


class Lion(torch.optim.Optimizer):
    def __init__(self, params, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                mean = self.state[p].setdefault("mean", torch.zeros_like(p))
                b1, b2 = group["betas"]
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.sub_(group["lr"] * torch.sign(b1 * mean + (1 - b1) * p.grad))
                mean.mul_(b2).add_(p.grad, alpha=1 - b2)


O = torch.optim
# name, our optimizer, our params, rate, weight decay, theirs
OPTIMIZERS = [
    ("gd", "gd", {}, 0.1, 0, lambda p: O.SGD(p, lr=0.1)),
    ("sgd", "sgd", {}, 0.1, 0, lambda p: O.SGD(p, lr=0.1)),
    ("sgd, decay", "sgd", {}, 0.1, 0.05, lambda p: O.SGD(p, lr=0.1, weight_decay=0.05)),
    ("momentum", "momentum", {}, 0.05, 0, lambda p: O.SGD(p, lr=0.05, momentum=0.9)),
    ("momentum 0.5, decay", "momentum", {"momentum": 0.5}, 0.05, 0.1,
     lambda p: O.SGD(p, lr=0.05, momentum=0.5, weight_decay=0.1)),
    ("nesterov", "nesterov", {}, 0.05, 0, lambda p: O.SGD(p, lr=0.05, momentum=0.9, nesterov=True)),
    ("adagrad", "adagrad", {}, 0.1, 0, lambda p: O.Adagrad(p, lr=0.1)),
    ("rmsprop", "rmsprop", {}, 0.01, 0, lambda p: O.RMSprop(p, lr=0.01)),
    ("adadelta", "adadelta", {}, 1.0, 0, lambda p: O.Adadelta(p, lr=1.0)),
    ("adam", "adam", {}, 0.02, 0, lambda p: O.Adam(p, lr=0.02)),
    ("adam, decay", "adam", {"beta1": 0.8, "beta2": 0.95}, 0.02, 0.1,
     lambda p: O.Adam(p, lr=0.02, betas=(0.8, 0.95), weight_decay=0.1)),
    ("adamw", "adamw", {}, 0.02, 0, lambda p: O.AdamW(p, lr=0.02)),
    ("adamw, decay 0.3", "adamw", {"decay": 0.1}, 0.02, 0.2, lambda p: O.AdamW(p, lr=0.02, weight_decay=0.3)),
    ("nadam", "nadam", {}, 0.02, 0, lambda p: O.NAdam(p, lr=0.02, foreach=True)),
    ("lion", "lion", {}, 0.01, 0, lambda p: Lion(p, lr=0.01)),
    ("lion, decay", "lion", {"decay": 0.1}, 0.01, 0, lambda p: Lion(p, lr=0.01, weight_decay=0.1)),
    # What is no matrix is moved by AdamW; matrices are compared with the definition, see muon_test.cpp.
    ("muon, vectors", "muon", {"others_rate": 0.5, "beta2": 0.999, "decay": 0.1}, 0.04, 0.2,
     lambda p: O.AdamW(p, lr=0.02, weight_decay=0.3)),
]


def trajectory(make):
    weights = torch.nn.Parameter(torch.tensor(FIRST, dtype=torch.float64))
    optimizer, path = make([weights]), []
    for step in range(1, STEPS + 1):
        weights.grad = torch.tensor(gradient(weights.tolist(), step), dtype=torch.float64)
        optimizer.step()
        path.append([round(w, 9) for w in weights.tolist()])
    return path


L = torch.optim.lr_scheduler
SCHEDULES = [
    ("constant", {}, lambda o: L.LambdaLR(o, lambda _: 1.0)),
    ("step", {"every": 7, "factor": 0.5}, lambda o: L.StepLR(o, 7, 0.5)),
    ("exponential", {"factor": 0.9}, lambda o: L.ExponentialLR(o, 0.9)),
    ("cosine", {"final_share": 0.1}, lambda o: L.CosineAnnealingLR(o, STEPS, eta_min=0.01)),
    ("one-cycle", {}, lambda o: L.OneCycleLR(o, 0.1, total_steps=STEPS, cycle_momentum=False)),
    ("one-cycle", {"rise": 0.5, "start_divisor": 10.0, "end_divisor": 100.0},
     lambda o: L.OneCycleLR(o, 0.1, total_steps=STEPS, pct_start=0.5, div_factor=10, final_div_factor=100,
                            cycle_momentum=False)),
    ("warmup", {"steps": 10, "start_share": 0.2, "then": "constant"},
     lambda o: L.LinearLR(o, start_factor=0.2, total_iters=10)),
    ("warmup", {"steps": 10, "start_share": 0.2, "then": "cosine"},
     lambda o: L.SequentialLR(o, [L.LinearLR(o, 0.2, total_iters=10), L.CosineAnnealingLR(o, STEPS - 10)], [10])),
    ("warmup", {"steps": 10, "start_share": 0.2, "then": "linear"},
     lambda o: L.SequentialLR(o, [L.LinearLR(o, 0.2, total_iters=10),
                                  L.LinearLR(o, 1.0, 0.0, total_iters=STEPS - 10)], [10])),
    ("plateau", {"factor": 0.5, "patience": 2}, lambda o: L.ReduceLROnPlateau(o, factor=0.5, patience=2)),
    ("plateau", {"factor": 0.1, "patience": 0, "threshold": 0.05, "minimum": 0.001},
     lambda o: L.ReduceLROnPlateau(o, factor=0.1, patience=0, threshold=0.05, min_lr=0.001)),
]


def loss(epoch):
    return 1 / (1 + 0.2 * min(epoch, 17)) + 0.02 * math.sin(3.0 * epoch)


def rates(make):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    schedule, all_rates = make(optimizer), []
    for epoch in range(1, STEPS + 1):
        all_rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if isinstance(schedule, L.ReduceLROnPlateau):
            schedule.step(loss(epoch))
        else:
            schedule.step()
    return [float(f"{r:.12g}") for r in all_rates]


def main():
    reference = {"made_by": "make_trajectories.py, PyTorch " + torch.__version__, "first": FIRST,
                 "optimizers": [{"name": n, "optimizer": o, "params": p, "learning_rate": r, "weight_decay": d,
                                 "trajectory": trajectory(m)} for n, o, p, r, d, m in OPTIMIZERS],
                 "schedules": [{"schedule": s, "params": p, "learning_rate": 0.1, "rates": rates(m)}
                               for s, p, m in SCHEDULES]}
    text = json.dumps(reference)
    for mark in ('{"name"', '{"schedule"'):
        text = text.replace(mark, "\n" + mark)
    (pathlib.Path(__file__).parent / "trajectories.json").write_text(text + "\n")


main()

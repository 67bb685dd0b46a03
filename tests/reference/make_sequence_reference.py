#!/usr/bin/python3
"""Makes sequences.json beside itself: what PyTorch computes for an LSTM and for GPT-nano, in double precision.

Needs Debian's python3-torch. First weights, tokens and inputs come from integers that sequence_reference_test.cpp
makes again, under Burdock's names of the weights. Kept are the loss of ten steps of gradient descent, and of the
first step a few outputs and, of every weight's gradient, the length and the product with a made vector.
"""
import json
import math
import pathlib

import torch
import torch.nn as nn
import torch.nn.functional as F

STEPS, RATE = 10, 0.1


def numbers(name, count):
    """`count` numbers in -1 … 1, from the name: FNV-1a seeds a 32-bit linear congruential generator."""
    state, values = 0x811C9DC5, []
    for byte in name.encode():
        state = ((state ^ byte) * 0x01000193) % 2**32
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        values.append((state >> 8) / 2**23 - 1)
    return torch.tensor(values, dtype=torch.float64)


def first(name, shape):
    values = numbers(name, math.prod(shape)).reshape(shape)
    if len(shape) > 1:
        return values / math.sqrt(shape[-1])
    return values * 0.1 + (1 if "norm" in name and name.endswith(".weight") else 0)


def tokens(name, shape, vocabulary):
    return ((numbers(name, math.prod(shape)) + 1) / 2 * vocabulary).long().reshape(shape)


class Block(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv, self.out = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.mlp = nn.Sequential(nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d))

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = (p.view(b, t, self.heads, d // self.heads).transpose(1, 2) for p in self.qkv(self.norm1(x)).split(d, 2))
        a = (q @ k.transpose(-2, -1)) / (d // self.heads) ** 0.5
        a = a.masked_fill(torch.tril(torch.ones(t, t)) == 0, -math.inf).softmax(-1)
        x = x + self.out((a @ v).transpose(1, 2).reshape(b, t, d))
        return x + self.mlp(self.norm2(x))

    def names(self, prefix):
        yield prefix + "norm 1.weight", self.norm1.weight
        yield prefix + "norm 1.bias", self.norm1.bias
        yield prefix + "attention.qkv_weight", self.qkv.weight
        yield prefix + "attention.qkv_bias", self.qkv.bias
        yield prefix + "attention.out_weight", self.out.weight
        yield prefix + "attention.out_bias", self.out.bias
        yield prefix + "norm 2.weight", self.norm2.weight
        yield prefix + "norm 2.bias", self.norm2.bias
        yield prefix + "dense 1.weight", self.mlp[0].weight
        yield prefix + "dense 1.bias", self.mlp[0].bias
        yield prefix + "dense 2.weight", self.mlp[2].weight
        yield prefix + "dense 2.bias", self.mlp[2].bias


class Gpt(nn.Module):
    def __init__(self, vocabulary=75, context=64, d=128, heads=4, blocks=4):
        super().__init__()
        self.token, self.position = nn.Embedding(vocabulary, d), nn.Parameter(torch.zeros(context, d))
        self.blocks = nn.Sequential(*[Block(d, heads) for _ in range(blocks)])
        self.norm, self.head = nn.LayerNorm(d), nn.Linear(d, vocabulary, bias=False)

    def forward(self, x):
        return self.head(self.norm(self.blocks(self.token(x) + self.position)))

    def names(self):
        yield "tokens.weight", self.token.weight
        yield "positions.weight", self.position
        for i, block in enumerate(self.blocks):
            yield from block.names(f"block/{i + 1}/")
        yield "norm.weight", self.norm.weight
        yield "norm.bias", self.norm.bias
        yield "head.weight", self.head.weight


class Recurrent(nn.Module):
    """Two layers, the first handing on all its states, and a dense layer on the last state of the second."""

    def __init__(self, kind, features=5, units=7, classes=3):
        super().__init__()
        self.first, self.second = kind(features, units, batch_first=True), kind(units, units, batch_first=True)
        self.dense = nn.Linear(units, classes)

    def forward(self, x):
        return self.dense(self.second(self.first(x)[0])[0][:, -1])

    def names(self):
        for name, layer in (("first", self.first), ("second", self.second)):
            for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
                yield f"{name}.{part}", getattr(layer, part + "_l0")
        yield "dense.weight", self.dense.weight
        yield "dense.bias", self.dense.bias


def describe(model, inputs, targets):
    model.double()
    with torch.no_grad():
        for name, weight in model.names():
            weight.copy_(first(name, weight.shape))
    result = {"losses": [], "outputs": [], "gradients": {}}
    for step in range(STEPS):
        logits = model(inputs)
        loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))
        model.zero_grad()
        loss.backward()
        result["losses"].append(round(loss.item(), 9))
        if step == 0:
            result["outputs"] = [round(v, 9) for v in logits.flatten()[:20].tolist()]
            for name, weight in model.names():
                g = weight.grad.flatten()
                result["gradients"][name] = [round(g.norm().item(), 9), round((g @ numbers(name + "?", g.numel())).item(), 9)]
        with torch.no_grad():
            for _, weight in model.names():
                weight -= RATE * weight.grad
    return result


def main():
    here = pathlib.Path(__file__).parent
    reference = {"made_by": "make_sequence_reference.py, PyTorch " + torch.__version__, "rate": RATE}
    reference["gpt-nano"] = describe(Gpt(), tokens("input", (2, 64), 75), tokens("target", (2, 64), 75))
    for name, kind in (("simple_rnn", nn.RNN), ("lstm", nn.LSTM), ("gru", nn.GRU)):
        reference[name] = describe(Recurrent(kind), numbers("input", 4 * 6 * 5).reshape(4, 6, 5), tokens("target", (4,), 3))
    (here / "sequences.json").write_text(json.dumps(reference, indent=1) + "\n")


main()

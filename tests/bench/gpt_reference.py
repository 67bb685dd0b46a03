#!/usr/bin/python3
"""GPT-nano in PyTorch on the shipped novel, with everything but the arithmetic as in Burdock.

    tests/bench/gpt_reference.py [--epochs 8] [--validation-fraction 0.1692] [--seed 1] [--threads 2]

Needs: apt-get install python3-torch. To be held against

    build/bin/burdock-cli train template:gpt-nano --data pride-and-prejudice --epochs 8 --validation-fraction 0.1692 --json

8 epochs over the 8,000 samples of 64 characters that this validation share leaves are 2,000 steps of 32. The network,
the rules its first weights are drawn by, the split, the order of the samples, Adam and the cosine are those of
Burdock's template and defaults; only the random numbers of the first weights differ. Prints one JSON line an epoch:
the mean loss of a character in the steps, and of the validation samples after them.
"""
import argparse
import gzip
import json
import math
import pathlib
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

TEXT = pathlib.Path(__file__).parents[2] / "resources/datasets/pride-and-prejudice.txt.gz"
CONTEXT, BATCH, RATE = 64, 32, 1e-3
MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


# Burdock's random numbers (engine/tensor/random.h), split (engine/data/split.cpp) and order of the samples.

def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def bits(key, counter):
    return mix((mix((key + GOLDEN) & MASK) + counter * GOLDEN) & MASK)


def derived(key, purpose):
    if isinstance(purpose, str):
        number = 0xCBF29CE484222325
        for byte in purpose.encode():
            number = ((number ^ byte) * 0x100000001B3) & MASK
        purpose = number
    return bits(key, ~purpose & MASK)


def shuffled(count, seed, stream):
    order, key = list(range(count)), derived(seed, stream)
    for i in range(count, 1, -1):
        j = (bits(key, i) * i) >> 64
        order[i - 1], order[j] = order[j], order[i - 1]
    return order


def samples():
    """Inputs and targets (samples, CONTEXT) of the first nine tenths of the text, and the number of characters."""
    text = gzip.open(TEXT).read()
    border = len(text) // 10 * 9
    while text[border] & 0xC0 == 0x80:
        border += 1
    characters = sorted(set(text.decode()))
    number = {c: i for i, c in enumerate(characters)}
    tokens = torch.tensor([number[c] for c in text[:border].decode()])
    count = (len(tokens) - CONTEXT - 1) // CONTEXT + 1
    x = tokens[: count * CONTEXT].reshape(count, CONTEXT)
    y = tokens[1 : count * CONTEXT + 1].reshape(count, CONTEXT)
    return x, y, len(characters)


class Block(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv, self.out = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.mlp = nn.Sequential(nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d))
        self.register_buffer("unseen", torch.ones(CONTEXT, CONTEXT).triu(1).bool())

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = (p.view(b, t, self.heads, -1).transpose(1, 2) for p in self.qkv(self.norm1(x)).split(d, 2))
        a = (q @ k.transpose(-2, -1)) / math.sqrt(d // self.heads)
        a = a.masked_fill(self.unseen, -math.inf).softmax(-1)
        x = x + self.out((a @ v).transpose(1, 2).reshape(b, t, d))
        return x + self.mlp(self.norm2(x))


class Gpt(nn.Module):
    def __init__(self, vocabulary, d=128, heads=4, blocks=4):
        super().__init__()
        self.token, self.position = nn.Embedding(vocabulary, d), nn.Parameter(torch.zeros(CONTEXT, d))
        self.blocks = nn.Sequential(*[Block(d, heads) for _ in range(blocks)])
        self.norm, self.head = nn.LayerNorm(d), nn.Linear(d, vocabulary, bias=False)
        nn.init.normal_(self.token.weight, std=1 / math.sqrt(d))
        for part in self.modules():
            if isinstance(part, nn.Linear):
                nn.init.xavier_uniform_(part.weight)
                if part.bias is not None:
                    nn.init.zeros_(part.bias)

    def forward(self, x):
        return self.head(self.norm(self.blocks(self.token(x) + self.position)))


def loss_of(model, x, y):
    out = model(x)
    return F.cross_entropy(out.reshape(-1, out.shape[-1]), y.reshape(-1))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--validation-fraction", type=float, default=0.1692)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    torch.set_flush_denormal(True)

    x, y, vocabulary = samples()
    held_back = round(args.validation_fraction * len(x))
    order = shuffled(len(x), args.seed, 2)
    validation, train = sorted(order[:held_back]), sorted(order[held_back:])
    model = Gpt(vocabulary)
    optimizer = torch.optim.Adam(model.parameters(), RATE)
    per_epoch = len(train) // BATCH
    step, begun = 0, time.perf_counter()
    for epoch in range(1, args.epochs + 1):
        places, total = shuffled(len(train), derived(args.seed, "shuffle"), epoch), 0.0
        for first in range(0, per_epoch * BATCH, BATCH):
            chosen = [train[i] for i in places[first : first + BATCH]]
            for group in optimizer.param_groups:
                group["lr"] = RATE * (1 + math.cos(math.pi * step / (per_epoch * args.epochs))) / 2
            optimizer.zero_grad(set_to_none=True)
            loss = loss_of(model, x[chosen], y[chosen])
            loss.backward()
            optimizer.step()
            total += loss.item()
            step += 1
        with torch.no_grad():
            parts = [validation[i : i + BATCH] for i in range(0, held_back, BATCH)]
            judged = sum(loss_of(model, x[p], y[p]).item() * len(p) for p in parts) / held_back
        print(json.dumps({"epoch": epoch, "step": step, "train_loss": round(total / per_epoch, 4),
                          "validation_loss": round(judged, 4),
                          "seconds": round(time.perf_counter() - begun, 1)}), flush=True)


main()

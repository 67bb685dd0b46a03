#!/usr/bin/python3
"""The workloads of train_bench in PyTorch, at its best settings: one JSON line a workload, setting and batch.

    tests/bench/torch_peer.py [WORKLOAD ...] [--batch N] [--threads N] [--steps N] [--precision f32|mixed] [--inference]
                              [--isa avx2|avx512] [--format plain|last]

Needs: apt-get install python3-torch (and in Debian 13 libopenblas0-openmp). Training: forward, loss, backward and Adam,
denormals flushed, three steps of warm-up, then the best and the median step; in f32 both memory formats are measured
unless one is asked for, mixed is bfloat16 autocast with channels last. --inference: scripted and frozen, the latency of one sample and the
throughput of batches of 64. --isa holds PyTorch, oneDNN and OpenBLAS to a set of instructions. Only the times matter:
all values are of chance.
"""
import argparse
import json
import os
import sys
import time

CPU = open("/proc/cpuinfo").read()
parser = argparse.ArgumentParser()
parser.add_argument("workload", nargs="*")
parser.add_argument("--batch", type=int)
parser.add_argument("--threads", type=int, default=os.cpu_count())
parser.add_argument("--steps", type=int)
parser.add_argument("--precision", choices=("f32", "mixed"), default="f32")
parser.add_argument("--inference", action="store_true")
parser.add_argument("--isa", choices=("avx2", "avx512"))
parser.add_argument("--format", choices=("plain", "last"))
args = parser.parse_args()
held = {"avx2": ("AVX2", "avx2", "Haswell"), "avx512": ("AVX512_CORE", "avx512", "SkylakeX")}.get(args.isa)
if held:
    os.environ["ONEDNN_MAX_CPU_ISA"], os.environ["ATEN_CPU_CAPABILITY"], os.environ["OPENBLAS_CORETYPE"] = held
elif " avx512f" in CPU:
    os.environ.setdefault("OPENBLAS_CORETYPE", "SkylakeX")  # OpenBLAS 0.3.21 takes newer ones for less

import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402


def mlp():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 100), nn.ReLU(),
                         nn.Linear(100, 10))


def cnn():
    parts, before = [], 1
    for width, kernel, pooled in ((64, 7, 1), (128, 3, 0), (128, 3, 1), (256, 3, 0), (256, 3, 1)):
        parts += [nn.Conv2d(before, width, kernel, padding=kernel // 2), nn.ReLU()] + [nn.MaxPool2d(2)] * pooled
        before = width
    return nn.Sequential(*parts, nn.Flatten(), nn.Linear(2304, 128), nn.ReLU(), nn.Dropout(), nn.Linear(128, 64),
                         nn.ReLU(), nn.Dropout(), nn.Linear(64, 10))


class Unit(nn.Module):
    """Of ResNet-50: 1x1, 3x3, 1x1, each normalised, beside a shortcut."""

    def __init__(self, before, width, stride):
        super().__init__()
        norm = nn.BatchNorm2d
        self.way = nn.Sequential(
            nn.Conv2d(before, width, 1, bias=False), norm(width), nn.ReLU(),
            nn.Conv2d(width, width, 3, stride, 1, bias=False), norm(width), nn.ReLU(),
            nn.Conv2d(width, 4 * width, 1, bias=False), norm(4 * width))
        same = stride == 1 and before == 4 * width
        self.shortcut = nn.Identity() if same else nn.Sequential(
            nn.Conv2d(before, 4 * width, 1, stride, bias=False), norm(4 * width))

    def forward(self, x):
        return F.relu(self.way(x) + self.shortcut(x))


def resnet50():
    parts, before = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)], 64
    for stage, units in enumerate((3, 4, 6, 3)):
        for i in range(units):
            parts.append(Unit(before, 64 << stage, 2 if stage and not i else 1))
            before = 256 << stage
    return nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000))


def vgg16():
    parts, before = [], 3
    for width, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            parts += [nn.Conv2d(before, width, 3, padding=1), nn.ReLU()]
            before = width
        parts.append(nn.MaxPool2d(2))
    return nn.Sequential(*parts, nn.Flatten(), nn.Linear(25088, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096),
                         nn.ReLU(), nn.Dropout(), nn.Linear(4096, 1000))


class Transformer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.before, self.behind = heads, nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        batch, time_, width = x.shape
        q, k, v = self.qkv(self.before(x)).view(batch, time_, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        x = x + self.out(self.attend(q, k, v).transpose(1, 2).reshape(batch, time_, width))
        return x + self.mlp(self.behind(x))

    def attend(self, q, k, v):
        if hasattr(F, "scaled_dot_product_attention"):
            return F.scaled_dot_product_attention(q, k, v, is_causal=True)
        future = torch.ones(q.shape[2], q.shape[2], dtype=torch.bool).triu(1)
        scores = (q @ k.transpose(-2, -1)) * q.shape[-1] ** -0.5
        return scores.masked_fill(future, float("-inf")).softmax(-1) @ v


class Gpt(nn.Module):
    def __init__(self, vocabulary=65, context=64, width=128, heads=4, blocks=4):
        super().__init__()
        self.tokens, self.places = nn.Embedding(vocabulary, width), nn.Parameter(torch.zeros(context, width))
        self.blocks = nn.Sequential(*[Transformer(width, heads) for _ in range(blocks)])
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)

    def forward(self, x):
        return self.head(self.norm(self.blocks(self.tokens(x) + self.places)))


def pair(before, width):
    return nn.Sequential(nn.Conv2d(before, width, 3, padding=1), nn.ReLU(), nn.Conv2d(width, width, 3, padding=1),
                         nn.ReLU())


class Level(nn.Module):
    """Of a U-Net, with all that lie below it."""

    def __init__(self, before, width, below):
        super().__init__()
        self.down, self.merge = pair(before, width), pair(2 * width, width)
        self.inner = Level(width, 2 * width, below - 1) if below > 1 else nn.Sequential(
            pair(width, 2 * width), nn.Dropout())
        self.up = nn.ConvTranspose2d(2 * width, width, 2, 2)

    def forward(self, x):
        early = self.down(x)
        late = F.relu(self.up(self.inner(F.max_pool2d(early, 2))))
        return self.merge(torch.cat((early, late), 1))


def unet():
    return nn.Sequential(Level(1, 64, 4), nn.Conv2d(64, 2, 1))


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.head = nn.LSTM(64, 256, 2, batch_first=True), nn.Linear(256, 10)

    def forward(self, x):
        return self.head(self.lstm(x)[0][:, -1])


def mobilenet():
    def unit(before, width, kernel, stride, groups=1):
        return [nn.Conv2d(before, width, kernel, stride, kernel // 2, groups=groups, bias=False),
                nn.BatchNorm2d(width), nn.ReLU()]
    parts, before = unit(3, 32, 3, 2), 32
    for width, stride in ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2),
                          (1024, 1)):
        parts += unit(before, before, 3, stride, before) + unit(before, width, 1, 1)
        before = width
    return nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.001), nn.Linear(1024, 1000))


def pictures(channels, side):
    return lambda batch: torch.randn(batch, channels, side, side)


def tokens(batch):
    return torch.randint(0, 65, (batch, 64))


#              network, batch, steps, inputs, classes
WORKLOADS = {
    "mlp": (mlp, 32, 400, pictures(1, 28), 10),
    "cnn": (cnn, 32, 30, pictures(1, 28), 10),
    "gpt": (Gpt, 12, 100, tokens, 65),
    "resnet50": (resnet50, 4, 5, pictures(3, 224), 1000),
    "vgg16": (vgg16, 4, 4, pictures(3, 224), 1000),
    "unet": (unet, 4, 5, pictures(1, 128), 2),
    "lstm": (Lstm, 32, 20, lambda batch: torch.randn(batch, 100, 64), 10),
    "mobilenet": (mobilenet, 8, 10, pictures(3, 224), 1000),
}


def loss(name, output, target):
    if name == "unet":
        return F.binary_cross_entropy_with_logits(output, target)
    return F.cross_entropy(output.reshape(-1, output.shape[-1]), target.reshape(-1))


def seconds(run, count):
    times = []
    for _ in range(count + 3):
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return sorted(times[3:])


def tell(name, last, **more):
    print(json.dumps({"peer": "torch " + torch.__version__, "workload": name, "precision": args.precision,
                      "format": "channels last" if last else "plain", "threads": args.threads, **more}), flush=True)


def train(name, last):
    make, batch, steps, inputs, classes = WORKLOADS[name]
    batch = args.batch or batch
    model, x = make(), inputs(batch)
    if last:
        model, x = model.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    with torch.no_grad():
        shape = model(x).shape
    y = (torch.rand(shape) < 0.3).float() if name == "unet" else torch.randint(0, classes, shape[:-1])
    adam = torch.optim.Adam(model.parameters(), 1e-3)

    def step():
        adam.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=args.precision == "mixed"):
            output = model(x)
        loss(name, output.float(), y).backward()
        adam.step()
    times = seconds(step, args.steps or steps)
    tell(name, last, batch=batch, parameters=sum(p.numel() for p in model.parameters()),
         samples_per_s_best=round(batch / times[0], 2), samples_per_s_median=round(batch / times[len(times) // 2], 2))


def use(name, last):
    make, _, _, inputs, _ = WORKLOADS[name]
    model, found = make().eval(), {}
    if last:
        model = model.to(memory_format=torch.channels_last)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=args.precision == "mixed", cache_enabled=False):
        for batch in (1, 64):
            x = inputs(batch)
            if last:
                x = x.to(memory_format=torch.channels_last)
            # Where autocast stands in Python, tracing is what keeps its casts.
            script = torch.jit.trace(model, x) if args.precision == "mixed" else torch.jit.script(model) \
                if name not in ("gpt", "unet") else torch.jit.trace(model, x)
            script = torch.jit.freeze(script)
            begun = time.perf_counter()
            script(x), script(x)
            count = max(3, min(2000, int(4 / (time.perf_counter() - begun))))
            found[batch] = seconds(lambda: script(x), count)[count // 2]
    tell(name, last, batch_1_latency_ms=round(found[1] * 1e3, 3), batch_64_samples_per_s=round(64 / found[64], 1))


torch.set_num_threads(args.threads)
torch.set_flush_denormal(True)
for workload in args.workload or WORKLOADS:
    if workload not in WORKLOADS:
        sys.exit(f"torch_peer.py: no workload {workload}; there are {', '.join(WORKLOADS)}")
    maps = workload not in ("mlp", "gpt", "lstm")
    formats = (True,) if args.precision == "mixed" else (False, True)
    for channels_last in formats if maps else (False,):
        if args.format is None or channels_last == (args.format == "last"):
            (use if args.inference else train)(workload, channels_last)

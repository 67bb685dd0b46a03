#!/usr/bin/python3
"""Makes layers.json and networks.json beside itself: what PyTorch computes for single layers and small networks.

Needs Debian's python3-torch. layers.json holds, for each case, a layer's hyperparameters as Burdock writes them,
its input, weights and the gradient of its output, and what follows from them: the output and all gradients.
networks.json holds, for each network, the first losses of training, the first output, and four numbers for every
gradient and every trained weight: its norm and its sums under three patterns of signs, which no error leaves as
they are. Weights, pictures and signs are made from integers that layer_reference_test.cpp makes again. All of it is
computed in double precision.
"""
import json
import math
import pathlib

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

# Single layers. ----------------------------------------------------------------------------------------------


def drawn(*shape):
    """Numbers with three decimals, which text holds exactly."""
    return (torch.randn(*shape) * 1000).round() / 1000


def numbers(tensor):
    return [float(f"{v:.9g}") for v in tensor.detach().flatten().tolist()]


def case(layer, name, params, module, x, sequence=False, weights=("weight", "bias")):
    """`sequence`: the module sees (batch, features, positions), Burdock (batch, positions, features)."""
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(drawn(*p.shape))
    x.requires_grad_(True)
    y = module(x.transpose(1, 2) if sequence else x)
    y = y.transpose(1, 2) if sequence else y
    dy = drawn(*y.shape)
    y.backward(dy)
    named = dict(module.named_parameters())
    used = [n for n in weights if n in named]
    return {
        "layer": layer, "name": name, "params": params, "batch": x.shape[0],
        "input_shape": shape_of(x), "output_shape": shape_of(y), "input": numbers(x), "output": numbers(y),
        "output_gradient": numbers(dy), "input_gradient": numbers(x.grad),
        "weights": {n: numbers(named[n]) for n in used},
        "weight_gradients": {n: numbers(named[n].grad) for n in used},
    }


def shape_of(tensor):
    """Channels, height, width; three dims are a sequence, two a vector."""
    dims = list(tensor.shape[1:])
    return {1: dims + [1, 1], 2: [1] + dims, 3: dims}[len(dims)]


class RmsNorm(nn.Module):
    """Zhang and Sennrich, 2019; PyTorch has had none until its version 2.4."""

    def __init__(self, features):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(features))

    def forward(self, x):
        return self.weight * x / torch.sqrt((x * x).mean(-1, keepdim=True) + 1e-5)


class Maxout(nn.Module):
    def forward(self, x):
        return x.reshape(x.shape[0], x.shape[1] // 2, 2, *x.shape[2:]).amax(2)


def layer_cases():
    explicit = {"padding": "explicit"}
    yield case("conv2d", "two groups", {"filters": 4, "groups": 2, "kernel": [3, 3], **explicit, "pad": [1, 1]},
               nn.Conv2d(4, 4, 3, padding=1, groups=2), drawn(2, 4, 4, 3))
    yield case("conv2d", "depthwise stride 2",
               {"filters": 6, "groups": 3, "kernel": [3, 2], "stride": [2, 1], **explicit, "pad": [1, 0]},
               nn.Conv2d(3, 6, (3, 2), stride=(2, 1), padding=(1, 0), groups=3), drawn(2, 3, 5, 4))
    yield case("conv_transpose2d", "doubling", {"filters": 3, "kernel": [2, 2], "stride": [2, 2]},
               nn.ConvTranspose2d(2, 3, 2, stride=2), drawn(2, 2, 2, 3))
    yield case("conv_transpose2d", "explicit",
               {"filters": 2, "kernel": [3, 4], "stride": [2, 3], **explicit, "pad": [1, 2], "output_padding": [1, 2]},
               nn.ConvTranspose2d(3, 2, (3, 4), stride=(2, 3), padding=(1, 2), output_padding=(1, 2)),
               drawn(2, 3, 3, 2))
    yield case("conv1d", "valid stride 2", {"filters": 3, "kernel": 3, "stride": 2, "padding": "valid"},
               nn.Conv1d(4, 3, 3, stride=2), drawn(2, 8, 4), sequence=True)
    yield case("conv1d", "causal dilated", {"filters": 2, "kernel": 2, "dilation": 3, "padding": "causal"},
               nn.Sequential(nn.ConstantPad1d((3, 0), 0.0), nn.Conv1d(3, 2, 2, dilation=3)),
               drawn(2, 7, 3), sequence=True, weights=("1.weight", "1.bias"))
    yield case("layernorm", "sequence", {"epsilon": 1e-5}, nn.LayerNorm(5), drawn(2, 3, 5))
    yield case("layernorm", "vector", {"epsilon": 1e-3}, nn.LayerNorm(6, eps=1e-3), drawn(3, 6))
    yield case("layernorm", "maps", {}, nn.LayerNorm([2, 3, 2]), drawn(2, 2, 3, 2))
    yield case("groupnorm", "two groups", {"groups": 2}, nn.GroupNorm(2, 4), drawn(2, 4, 2, 3))
    yield case("rmsnorm", "sequence", {}, RmsNorm(4), drawn(2, 3, 4))
    yield case("gelu", "exact", {}, nn.GELU(), drawn(2, 9))
    yield case("gelu", "tanh", {"approximate": "tanh"}, nn.GELU(approximate="tanh"), drawn(2, 9))
    yield case("silu", "vector", {}, nn.SiLU(), drawn(2, 9))
    yield case("selu", "vector", {}, nn.SELU(), drawn(2, 9))
    yield case("hard_sigmoid", "both ends", {}, nn.Hardsigmoid(), 3 * drawn(2, 9))
    yield case("prelu", "maps", {}, nn.PReLU(3), drawn(2, 3, 2, 3))
    yield case("maxout", "vector", {"pieces": 2}, Maxout(), drawn(2, 8))
    yield case("maxout", "maps", {"pieces": 2}, Maxout(), drawn(2, 4, 2, 2))
    yield case("upsample2d", "bilinear", {"scale": [2, 3], "mode": "bilinear"},
               nn.Upsample(scale_factor=(2, 3), mode="bilinear"), drawn(2, 2, 3, 2))
    yield case("upsample2d", "nearest", {"scale": [3, 2]}, nn.Upsample(scale_factor=(3, 2)), drawn(2, 2, 2, 3))
    yield case("global_maxpool", "maps", {}, nn.Sequential(nn.AdaptiveMaxPool2d(1), nn.Flatten()), drawn(2, 3, 3, 2))


# Small networks. ---------------------------------------------------------------------------------------------

SAMPLES, CLASSES, STEPS = 8, 10, 10


def hashed(text):
    value = 0x811C9DC5  # FNV-1a
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) % 2**32
    return value


def integers(key, count):
    state = hashed(key)
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        yield state


def uniform(key, *shape):
    """Between -1 and 1, of 24 bits."""
    values = [(i >> 8) / 2**23 - 1 for i in integers(key, math.prod(shape))]
    return torch.tensor(values).reshape(shape)


class Weights(dict):
    """Made when first asked for, under the names that Burdock gives them."""

    def weight(self, name, *shape):
        key = name + ".weight"
        if key not in self:
            bound = math.sqrt(3 / math.prod(shape[1:]))
            self[key] = (bound * uniform(key, *shape)).float().double().requires_grad_()
        return self[key]

    def vector(self, name, kind, size):
        key = f"{name}.{kind}"
        if key not in self:
            middle, spread = (1, 0.25) if kind == "weight" else (0, 0.125)
            self[key] = (middle + spread * uniform(key, size)).float().double().requires_grad_()
        return self[key]

    def statistics(self, name, size):
        for kind, first in (("running_mean", 0.0), ("running_var", 1.0)):
            self.setdefault(f"{name}.{kind}", torch.full((size,), first))
        return self[name + ".running_mean"], self[name + ".running_var"]


def conv(w, x, name, filters, kernel, stride=1, bias=False):
    return F.conv2d(x, w.weight(name, filters, x.shape[1], kernel, kernel),
                    w.vector(name, "bias", filters) if bias else None, stride, kernel // 2)


def norm(w, x, name):
    c = x.shape[1]
    return F.batch_norm(x, *w.statistics(name, c), w.vector(name, "weight", c), w.vector(name, "bias", c),
                        training=True, momentum=0.1, eps=1e-5)


def dense(w, x, name, units):
    return F.linear(x, w.weight(name, units, x.shape[1]), w.vector(name, "bias", units))


def lecture_cnn(w, x):
    """Widths divided by 16, no dropout."""
    for number, filters in enumerate((4, 8, 8, 16, 16), 1):
        x = F.relu(conv(w, x, f"conv {number}", filters, 7 if number == 1 else 3, bias=True))
        if number in (1, 3, 5):
            x = F.max_pool2d(x, 2)
    x = x.flatten(1)
    x = F.relu(dense(w, x, "dense 1", 8))
    x = F.relu(dense(w, x, "dense 2", 4))
    return dense(w, x, "dense 3", CLASSES)


def residual(w, x, at, channels, stride, bottleneck):
    if bottleneck:
        y = F.relu(norm(w, conv(w, x, at + "conv 1", channels // 4, 1), at + "norm 1"))
        y = F.relu(norm(w, conv(w, y, at + "conv 2", channels // 4, 3, stride), at + "norm 2"))
        y = norm(w, conv(w, y, at + "conv 3", channels, 1), at + "norm 3")
    else:
        y = F.relu(norm(w, conv(w, x, at + "conv 1", channels, 3, stride), at + "norm 1"))
        y = norm(w, conv(w, y, at + "conv 2", channels, 3), at + "norm 2")
    if stride != 1 or x.shape[1] != channels:
        x = norm(w, conv(w, x, at + "shortcut", channels, 1, stride), at + "shortcut norm")
    return F.relu(x + y)


def resnet(w, x, blocks, bottleneck, width):
    x = F.relu(norm(w, conv(w, x, "conv", width, 7, 2), "norm"))
    x = F.max_pool2d(x, 3, 2, 1)
    channels = width * (4 if bottleneck else 1)
    for stage, count in enumerate(blocks, 1):
        changes = stage > 1 or bottleneck
        for block in range(count):
            first = changes and block == 0
            at = f"stage {stage}/1/" + ("first/1/" if first else f"residual/{block + (0 if changes else 1)}/")
            x = residual(w, x, at, channels, 2 if first and stage > 1 else 1, bottleneck)
        channels *= 2
    return dense(w, x.mean((2, 3)), "dense", CLASSES)


def told(name, tensor):
    """The norm, and the sums under three patterns of signs."""
    flat = tensor.detach().flatten()
    sums = [float((flat * torch.tensor([1.0 if i >> 31 else -1.0 for i in integers(f"{name}#{k}", flat.numel())])).sum())
            for k in range(3)]
    return [float(f"{v:.9g}") for v in [float(flat.norm())] + sums]


def network(name, shape, rate, forward):
    weights, losses, first = Weights(), [], None
    x = uniform("input", SAMPLES, *shape).float().double()
    labels = torch.tensor([i * 3 % CLASSES for i in range(SAMPLES)])
    for _ in range(STEPS):
        logits = forward(weights, x)
        loss = F.cross_entropy(logits, labels)
        trained = {n: t for n, t in weights.items() if t.requires_grad}
        gradients = torch.autograd.grad(loss, trained.values())
        if first is None:
            first = {"output": numbers(logits), "gradients": {n: told(n, g) for n, g in zip(trained, gradients)}}
        losses.append(round(loss.item(), 9))
        with torch.no_grad():
            for t, g in zip(trained.values(), gradients):
                t -= rate * g
    print(f"{name}: {len(trained)} weights, loss {losses[0]:.4f} -> {losses[-1]:.4f}")
    return {"name": name, "samples": SAMPLES, "rate": rate, "losses": losses, **first,
            "trained": {n: told(n, t) for n, t in weights.items()}}


def main():
    here = pathlib.Path(__file__).parent
    torch.manual_seed(7)
    made_by = "make_layer_reference.py, PyTorch " + torch.__version__
    cases = list(layer_cases())
    for c in cases:  # named as the layer's own
        for part in ("weights", "weight_gradients"):
            c[part] = {n.split(".")[-1]: v for n, v in c[part].items()}
    networks = [
        network("lecture-cnn", (1, 16, 16), 0.02, lecture_cnn),
        network("resnet18", (3, 48, 48), 0.02, lambda w, x: resnet(w, x, (2, 2, 2, 2), False, 4)),
        # Small steps: normalised over so few values, its float32 runs part after a few large ones.
        network("resnet50", (3, 40, 40), 0.001, lambda w, x: resnet(w, x, (1, 2, 1, 2), True, 4)),
    ]
    (here / "layers.json").write_text(
        json.dumps({"made_by": made_by, "cases": cases}).replace('{"layer"', '\n{"layer"') + "\n")
    (here / "networks.json").write_text(
        json.dumps({"made_by": made_by, "networks": networks}).replace('{"name"', '\n{"name"') + "\n")


main()

#!/usr/bin/python3
"""Makes small_cnn.safetensors and small_cnn.json beside itself: what PyTorch computes for 30 training steps.

Needs Debian's python3-torch. The samples come from integers that reference_curve_test.cpp makes again. The first
weights are kept in the .safetensors file; the loss of every step, and afterwards that of the trained network
with its running statistics, in the .json file. Every step sees all samples, so that no shuffle can change the
curve beyond rounding. The reference runs in double precision, so that it holds the mathematics and not one
library's rounding; how far PyTorch's own float32 run strays from it is kept as well.
"""
import json
import pathlib
import struct

import torch
import torch.nn as nn

SAMPLES, HEIGHT, WIDTH, CLASSES, STEPS = 32, 12, 16, 10, 30
OPTIMIZERS = {
    "adam": lambda p: torch.optim.Adam(p, lr=1e-3, betas=(0.9, 0.999), eps=1e-8),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9),
    "sgd": lambda p: torch.optim.SGD(p, lr=0.05),
}


def samples():
    """Noise from a 32-bit linear congruential generator, and bright diagonal stripes that tell the class."""
    state, pixels, labels = 1, [], []
    for index in range(SAMPLES):
        label = index * 7 % CLASSES
        labels.append(label)
        for row in range(HEIGHT):
            for column in range(WIDTH):
                state = (state * 1664525 + 1013904223) % 2**32
                stripe = (row * (label % 3 + 1) + column + label) % CLASSES < 3
                pixels.append((state >> 24) // 2 + (127 if stripe else 0))
    values = torch.tensor(pixels, dtype=torch.float32) / 255
    return values.reshape(SAMPLES, 1, HEIGHT, WIDTH), torch.tensor(labels)


class SmallCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding="same")
        # No bias in front of the normalisation: its gradient is nothing but rounding, which Adam would follow.
        self.conv2 = nn.Conv2d(8, 16, 3, padding="same", bias=False)
        self.norm = nn.BatchNorm2d(16, eps=1e-5)
        self.dense1 = nn.Linear(16 * HEIGHT // 4 * WIDTH // 4, 32)
        self.dense2 = nn.Linear(32, CLASSES)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = torch.max_pool2d(torch.relu(self.norm(self.conv2(x))), 2)
        return self.dense2(torch.relu(self.dense1(x.flatten(1))))


def train(weights, optimizer, dtype):
    model = SmallCnn()
    model.load_state_dict(weights)
    model.to(dtype).train()
    pixels, labels = samples()
    step, losses = optimizer(model.parameters()), []
    for _ in range(STEPS):
        loss = nn.functional.cross_entropy(model(pixels.to(dtype)), labels)
        step.zero_grad()
        loss.backward()
        step.step()
        losses.append(loss.item())
    with torch.no_grad():
        return losses, nn.functional.cross_entropy(model.eval()(pixels.to(dtype)), labels).item()


def write_safetensors(path, tensors):
    header, offset = {}, 0
    for name, tensor in tensors.items():
        end = offset + 4 * tensor.numel()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    values = b"".join(struct.pack(f"<{t.numel()}f", *t.flatten().tolist()) for t in tensors.values())
    path.write_bytes(struct.pack("<Q", len(text)) + text + values)


def main():
    here = pathlib.Path(__file__).parent
    torch.manual_seed(20)
    weights = SmallCnn().state_dict()
    write_safetensors(here / "small_cnn.safetensors",
                      {n: t for n, t in weights.items() if t.is_floating_point()})
    reference = {"made_by": "make_reference.py, PyTorch " + torch.__version__, "samples": SAMPLES,
                 "losses": {}, "evaluated": {}, "float32_strays": {}}
    for name, optimizer in OPTIMIZERS.items():
        (exact, evaluated), (single, evaluated32) = (train(weights, optimizer, t) for t in (torch.float64, torch.float32))
        reference["losses"][name] = [round(v, 9) for v in exact]
        reference["evaluated"][name] = round(evaluated, 9)
        reference["float32_strays"][name] = max(
            abs(a - b) for a, b in zip(exact + [evaluated], single + [evaluated32]))
    (here / "small_cnn.json").write_text(json.dumps(reference, indent=1) + "\n")
    for name, losses in reference["losses"].items():
        print(f"{name}: {losses[0]:.4f} -> {losses[-1]:.4f}, float32 strays by {reference['float32_strays'][name]:.1e}")


main()

#!/usr/bin/env python3
"""How fast Burdock, pandas and torchvision read the same files.

    tests/bench/reading_bench.py [--cli build/bin/burdock-cli] [--turns 5] [--large] [NAME...]

Needs: apt-get install python3-pandas python3-torchvision. The files are made first, in a temporary folder (--folder
keeps them). Programs run in turn; a line for each tells the median time, the median of what the processors worked, and
the time of all turns, in seconds: the second figure is the one to compare on a busy machine. Burdock's is that of
`burdock-cli datasets FILE` less that of a table of two rows, for the program's start: it finds delimiter, types, header
and target, reads all values, and hashes the file. pandas' is that of read_csv alone (C engine, words and dates as
they are; `mixed-dates` parses the dates too), torchvision's that of ImageFolder and one pass of a DataLoader of two
workers, batches of 64, within a running interpreter.

    numbers   10^6 rows of 20 numbers              mixed   10^6 rows of words, dates and numbers
    pngs      4,000 PNGs of 28 x 28                photos  1,500 JPEGs of 500 x 375, resized to 224 x 224
    --large   10^7 rows of 100 numbers (7 GB of text): time, and the most memory
"""
import argparse
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

TOP = pathlib.Path(__file__).parents[2]


def block(draw, rows, columns):
    """Text of that many rows of numbers with up to five digits behind the point."""
    values = draw.normal(0, 10, (rows, columns))
    return "".join(",".join(f"{v:.4f}" for v in row) + "\n" for row in values)


def make_numbers(path, rows, columns, distinct=100_000):
    """Blocks of so many rows are repeated: no reader gains by that."""
    part = block(np.random.default_rng(1), distinct, columns).encode()
    with open(path, "wb") as file:
        file.write((",".join(f"x{i}" for i in range(columns)) + "\n").encode())
        for _ in range(rows // distinct):
            file.write(part)


def make_mixed(path, rows):
    draw = np.random.default_rng(2)
    towns = ["Szeged", "Pécs", "Győr", "Eger", "Vác", "Budapest, XI", "Sopron"]
    quoted = [f'"{t}"' if "," in t else t for t in towns]
    days = np.datetime64("2015-01-01") + draw.integers(0, 3000, rows).astype("timedelta64[D]")
    with open(path, "w", encoding="utf-8") as file:
        file.write("day,town,kind,rooms,area,price\n")
        town, kind, rooms = draw.integers(0, 7, rows), draw.integers(0, 3, rows), draw.integers(1, 7, rows)
        area, price = draw.normal(70, 20, rows), draw.normal(300, 60, rows)
        for i in range(rows):
            file.write(f"{days[i]},{quoted[town[i]]},{'abc'[kind[i]]},{rooms[i]},"
                       f"{'' if i % 50 == 0 else f'{area[i]:.1f}'},{price[i]:.2f}\n")


def make_pictures(folder, count, size, ending):
    from PIL import Image
    draw = np.random.default_rng(3)
    for i in range(count):
        place = folder / f"class{i % 10}"
        place.mkdir(parents=True, exist_ok=True)
        small = draw.integers(0, 256, (size[1] // 5, size[0] // 5, 3), dtype=np.uint8)  # smooth, as pictures are
        Image.fromarray(small).resize(size, Image.BICUBIC).save(place / f"{i}.{ending}")


def pandas_reader(dates=None):
    import pandas

    def read(path):
        pandas.read_csv(path, engine="c", parse_dates=dates or False)
    return read


def torchvision_reader(size):
    import torch
    from torchvision import datasets, transforms
    steps = [transforms.Resize(size)] if size else []

    def read(path):
        torch.set_num_threads(1)
        data = datasets.ImageFolder(str(path), transforms.Compose([*steps, transforms.ToTensor()]))
        for _ in torch.utils.data.DataLoader(data, batch_size=64, num_workers=2):
            pass
    return read


def worked():
    """Seconds of all processors so far, of this program and those that it started and that have ended."""
    return sum(usage.ru_utime + usage.ru_stime
               for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def seconds(work):
    start, before = time.perf_counter(), worked()
    work()
    return np.array([time.perf_counter() - start, worked() - before])


def burdock(cli, reference):
    subprocess.run([cli, "datasets", str(reference)], check=True, stdout=subprocess.DEVNULL)


def compare(name, cli, turns, tiny, reference, others):
    times = {"burdock": [], **{other: [] for other in others}}
    for _ in range(turns):
        start = seconds(lambda: burdock(cli, tiny))
        times["burdock"].append(seconds(lambda: burdock(cli, reference)) - start)
        for other, (read, path) in others.items():
            times[other].append(seconds(lambda: read(path)))
    for who, turns in times.items():
        elapsed, work = np.median(turns, axis=0)
        print(f"{name:9}{who:14}{elapsed:8.3f}{work:8.3f}   ", " ".join(f"{t[0]:.3f}" for t in turns), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", default=["numbers", "mixed", "pngs", "photos"])
    parser.add_argument("--cli", default=str(TOP / "build/bin/burdock-cli"))
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--folder")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(arguments.folder or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        tiny = folder / "tiny.csv"
        tiny.write_text("a,b\n1.5,2\n2.5,1\n")

        def made(name, make):
            if not (folder / name).exists():
                make(folder / name)
            return folder / name

        if "numbers" in arguments.names:
            path = made("numbers.csv", lambda p: make_numbers(p, 10**6, 20))
            compare("numbers", arguments.cli, arguments.turns, tiny, path, {"pandas": (pandas_reader(), path)})
        if "mixed" in arguments.names:
            path = made("mixed.csv", lambda p: make_mixed(p, 10**6))
            compare("mixed", arguments.cli, arguments.turns, tiny, path,
                    {"pandas": (pandas_reader(), path), "pandas-dates": (pandas_reader(["day"]), path)})
        if "pngs" in arguments.names:
            path = made("pngs", lambda p: make_pictures(p, 4000, (28, 28), "png"))
            compare("pngs", arguments.cli, arguments.turns, tiny, path, {"torchvision": (torchvision_reader(None), path)})
        if "photos" in arguments.names:
            path = made("photos", lambda p: make_pictures(p, 1500, (500, 375), "jpg"))
            compare("photos", arguments.cli, arguments.turns, tiny, f"{path}:size=224x224",
                    {"torchvision": (torchvision_reader((224, 224)), path)})
        if arguments.large:
            path = made("large.csv", lambda p: make_numbers(p, 10**7, 100))
            taken, work = seconds(lambda: burdock(arguments.cli, path))
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            print(f"large    burdock       {taken:8.1f}{work:8.1f}    of {path.stat().st_size / 1e9:.1f} GB, at most {peak / 1e6:.2f} GB "
                  "of memory", flush=True)
            path.unlink()


if __name__ == "__main__":
    sys.exit(main())

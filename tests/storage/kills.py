#!/usr/bin/env python3
"""kills.py [BUILD [KILLS]]: kills a small training by SIGKILL, 60 times at random moments, looks at the notebook after
each, and lets the run go on until it ends. Every run must come out, value for value, as one that nobody killed."""
import collections
import json
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import time

BUILD = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build").resolve()
KILLS = int(sys.argv[2]) if len(sys.argv) > 2 else 60
NEW = ["template:mlp", "--data", "fashion-mnist-small", "--epochs", "8", "--seed", "7"]
# What an early kill leaves, as resuming tells it: nothing, or the first best weights alone.
EARLY = {"before its first weights were written": "runs of which nothing was kept, which was said",
         "has kept weights, but not where its training stood": "runs of which weights alone were kept, which was said"}


def cli(notebook, *arguments, kill_after=None):
    process = subprocess.Popen([BUILD / "bin/burdock-cli", *arguments, "--notebook", notebook],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    killed = False
    try:
        out, err = process.communicate(timeout=kill_after)
    except subprocess.TimeoutExpired:
        process.kill()
        killed = True
        out, err = process.communicate()
    return killed, process.returncode, out, err


def asked(notebook, *arguments):
    _, code, out, err = cli(notebook, *arguments, "--json")
    assert code == 0 and not err, (arguments, code, err)
    return json.loads(out)


def outcome(notebook, run):
    told = asked(notebook, "show", str(run), "--steps")
    assert not told["damaged"] and told["damaged_chunks"] == 0, told
    timeless = [{key: value for key, value in epoch.items() if "second" not in key} for epoch in told["curve"]]
    return told["status"], told["steps"], timeless, told["test_metrics"]


def main(folder):
    notebook = folder / "n.burdock"
    begun = time.monotonic()
    cli(folder / "whole.burdock", "train", *NEW)
    longest = time.monotonic() - begun
    whole = outcome(folder / "whole.burdock", 1)
    assert whole[0] == "finished"
    counts = collections.Counter()
    run = None
    while counts["kills"] < KILLS or run:
        work = ["train", f"run:{run}", "--resume"] if run else ["train", *NEW]
        limit = random.uniform(0, longest) if counts["kills"] < KILLS else None
        killed, code, out, err = cli(notebook, *work, kill_after=limit)
        counts["kills"] += killed
        if not killed and code != 0:
            said = [what for words, what in EARLY.items() if words in err]
            assert run and said, (code, err)
            counts[said[0]] += 1
            run = None
            continue
        if not notebook.exists():
            counts["kills before there was a notebook"] += 1
            continue
        # The program looks first: another one would move the log into the file.
        listed = asked(notebook, "runs")
        assert listed["damage"] is None and not any(one["damaged"] for one in listed["runs"]), listed
        found = sqlite3.connect(notebook).execute("PRAGMA integrity_check").fetchall()
        assert found == [("ok",)], found
        newest = max(listed["runs"], key=lambda one: one["run"], default=None)
        before, run = run, newest["run"] if newest else None
        if newest is None or newest["status"] == "finished":
            if newest and (before or not killed):
                here = outcome(notebook, run)
                assert here == whole, f"run {run} came out otherwise:\n{here}\nthan the one that nobody killed:\n{whole}"
                counts["runs that came out as the one that nobody killed"] += 1
            run = None
            continue
        assert newest["status"] == "interrupted", newest
        counts["kills of a run that had gone on" if before == run else "kills of a new run"] += killed
    print(json.dumps(counts, indent=1))


with tempfile.TemporaryDirectory() as made:
    main(pathlib.Path(made))

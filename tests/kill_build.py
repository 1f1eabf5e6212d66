#!/usr/bin/env python3
"""Kills builds at random moments: each time the graph from before is whole, the next build succeeds, and vacuum clears up.

    python3 tests/kill_build.py [--binary PATH] [--rounds N] [--seed N] [--formats parquet delta]

Every round changes the source, starts a build, and sends SIGKILL at a drawn moment of its usual time, of which every second
round draws from the end, where the commit is. Then a reader must see the version from before or the new one, with all its tables;
the next build must succeed; and after a vacuum that keeps one version, the store has the files of that version and no others.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COUNTS = (
    "SELECT (SELECT count(*) FROM cpg_nodes) AS nodes, (SELECT count(*) FROM cpg_edges) AS edges, "
    "(SELECT count(*) FROM cpg_props) AS props, (SELECT max(name) FROM cpg_nodes WHERE kind = 'file' AND name LIKE 'round%') AS last, "
    "(SELECT count(*) FROM cpg_edges e WHERE NOT EXISTS (SELECT 1 FROM cpg_nodes n WHERE n.node_id = e.src)) AS dangling"
)


class Store:
    def __init__(self, binary, folder, form):
        self.binary, self.form = binary, form
        self.source, self.out = folder / "src", folder / form
        self.source.mkdir()

    def command(self):
        return [self.binary, "build", str(self.source), "--out", str(self.out), "-q", "--format", self.form, "--summary", "json"]

    def build(self):
        done = subprocess.run(self.command(), capture_output=True, text=True)
        if done.returncode:
            raise AssertionError("a build after a kill fails: " + done.stderr)

    def read(self):
        command = [self.binary, "-q", "--format", "json", "--graph", str(self.out), "-c", COUNTS]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise AssertionError("the graph cannot be read: " + done.stderr)
        row = json.loads(done.stdout)[0]
        assert row["dangling"] == 0, row
        return row

    def change(self, round):
        body = "".join("def f%d_%d(x):\n    return f%d_%d(len(str(x)))\n\n" % (round, i, round, (i + 1) % 40) for i in range(40))
        (self.source / ("round%05d.py" % round)).write_text(body)
        for old in sorted(self.source.glob("round*.py"))[:-3]:
            old.unlink()

    def left_over(self):
        """What no version needs."""
        log = json.loads((self.out / "CURRENT").read_text())
        version = log["versions"][-1]
        wrong = [p.name for p in self.out.iterdir() if p.name not in ("CURRENT", "versions", "tables", "runs", "lock")]
        wrong += [p.name for p in (self.out / "versions").iterdir() if p.name != version["folder"]]
        for table in (self.out / "tables").iterdir() if (self.out / "tables").exists() else []:
            files = [p.name for p in table.glob("*.parquet")]
            if table.name not in version.get("tables", {}) or len(files) != 1:
                wrong.append("%s: %s" % (table.name, files))
        return wrong


def run(store, rounds, draw):
    store.change(0)
    store.build()
    started = time.monotonic()
    store.change(1)
    store.build()
    usual = time.monotonic() - started
    seen = {"before": 0, "after": 0, "ended": 0}
    before = store.read()
    for round in range(2, rounds + 2):
        store.change(round)
        process = subprocess.Popen(store.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        moment = draw.uniform(0, 1.1) if round % 2 else draw.uniform(0.7, 1.1)
        time.sleep(usual * moment)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        else:
            seen["ended"] += 1
        process.wait()
        now = store.read()
        new = "round%05d.py" % round
        if now["last"] == new:
            seen["after"] += 1
        else:
            assert now == before, "round %d: neither the old graph nor the new: %s, before %s" % (round, now, before)
            seen["before"] += 1
        store.build()
        before = store.read()
        assert before["last"] == new, before
        if round % 5 == 0:
            subprocess.run([store.binary, "vacuum", str(store.out), "--keep", "1"], check=True, capture_output=True)
            assert store.read() == before, "vacuum changed the graph"
            assert not store.left_over(), store.left_over()
    return seen


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default="target/release/codeanatomy")
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--formats", nargs="+", default=["parquet", "delta"])
    arguments = parser.parse_args()
    for form in arguments.formats:
        with tempfile.TemporaryDirectory() as folder:
            store = Store(str(Path(arguments.binary).absolute()), Path(folder), form)
            seen = run(store, arguments.rounds, random.Random(arguments.seed))
            print("%s: %d kills, the old graph stood %d times and the new one %d times, %d builds had ended" % (
                form, arguments.rounds, seen["before"], seen["after"], seen["ended"]))


if __name__ == "__main__":
    sys.exit(main())

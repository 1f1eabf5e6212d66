#!/usr/bin/env python3
"""Kills builds at random moments: each time the graph from before is whole, the next build succeeds, and vacuum clears up.

    python3 tests/kill_build.py [--binary PATH] [--rounds N] [--seed N] [--formats parquet delta]

Every round changes the source, starts a build, and sends SIGKILL at a drawn moment: in every second round of the whole build, else
of its end, from when its first file is there. Then a reader must see the version
from before or the new one, with all its tables; the next build must succeed; and a vacuum that keeps one version, before that build
or after it, must leave the files of that version and no others. Every tenth round two builds of different sources run at once: one
wins, or one after the other; who does not says so; and readers beside them see one version each.
"""

import argparse
import collections
import json
import random
import shutil
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

    def command(self, source=None):
        source = str(source or self.source)
        return [self.binary, "build", source, "--out", str(self.out), "-q", "--format", self.form, "--summary", "json"]

    def start(self, source=None):
        return subprocess.Popen(self.command(source), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def build(self):
        done = subprocess.run(self.command(), capture_output=True, text=True)
        if done.returncode:
            raise AssertionError("a build after a kill fails: " + done.stderr)

    def reader(self):
        command = [self.binary, "-q", "--format", "json", "--graph", str(self.out), "-c", COUNTS]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def read(self, reader=None):
        out, error = (reader or self.reader()).communicate()
        if error or not out:
            raise AssertionError("the graph cannot be read: " + error)
        row = json.loads(out)[0]
        assert row["dangling"] == 0, row
        return row

    def vacuum(self):
        subprocess.run([self.binary, "vacuum", str(self.out), "--keep", "1"], check=True, capture_output=True)

    def change(self, round, source=None):
        source = source or self.source
        body = "".join("def f%d_%d(x):\n    return f%d_%d(len(str(x)))\n\n" % (round, i, round, (i + 1) % 10) for i in range(10))
        (source / ("round%05d.py" % round)).write_text(body)
        for old in sorted(source.glob("round*.py"))[:-3]:
            old.unlink()

    def log(self):
        return json.loads((self.out / "CURRENT").read_text())["versions"]

    def committed(self, table):
        """The newest version of a Delta table."""
        return max(int(p.name.split(".")[0]) for p in (self.out / "tables" / table / "_delta_log").glob("*.json"))

    def ahead(self):
        """What a killed build left, by kind."""
        versions = self.log()
        folders = {v["folder"] for v in versions}
        kinds = []
        if any(self.out.glob("unfinished/*")):
            kinds.append("unfinished files")
        if any(p.name not in folders for p in (self.out / "versions").iterdir()):
            kinds.append("a version without a name")
        if (self.out / "CURRENT.new").exists():
            kinds.append("a log that was not renamed")
        if any(self.committed(name) > version for name, version in versions[-1].get("tables", {}).items()):
            kinds.append("commits of tables")
        return kinds

    def left_over(self):
        """What no version needs."""
        version = self.log()[-1]
        wrong = [p.name for p in self.out.iterdir() if p.name not in ("CURRENT", "versions", "tables", "runs", "lock")]
        wrong += [p.name for p in (self.out / "versions").iterdir() if p.name != version["folder"]]
        wrong += [str(p) for p in self.out.rglob("*#*")]
        for table in (self.out / "tables").iterdir() if (self.out / "tables").exists() else []:
            files = [p.name for p in table.glob("*.parquet")]
            if table.name not in version.get("tables", {}) or len(files) != 1:
                wrong.append("%s: %s" % (table.name, files))
        return wrong

    def clear(self, before):
        self.vacuum()
        assert self.read() == before, "vacuum changed the graph"
        assert not self.left_over(), self.left_over()


def times(store):
    """How long a build takes until its commit begins, and until it has ended."""
    started = time.time()
    process, begun = store.start(), None
    while process.poll() is None:
        if begun is None and any(store.out.glob("unfinished/*")):
            begun = time.time() - started
        time.sleep(0.001)
    ended = time.time() - started
    return min(begun or ended, ended) * 0.9, ended


def kill(store, round, draw, usual, seen):
    begun, ended = usual
    process = store.start()
    time.sleep(draw.uniform(0, ended * 1.05) if round % 2 else draw.uniform(begun, ended * 1.05))
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    else:
        seen["builds had ended"] += 1
    process.communicate()
    seen.update("left " + kind for kind in store.ahead())


def two_at_once(store, folder, round, draw, usual, seen):
    other = folder / "other"
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(store.source, other)
    store.change(round)
    # A marker of its own: what comes last by name is what was built last.
    (other / ("round%05d_other.py" % round)).write_text("x = 1\n")
    before = store.read()
    builds = [store.start(), store.start(other)]
    time.sleep(draw.uniform(0, usual[1]))
    readers = [store.reader()]
    time.sleep(draw.uniform(0, usual[1] / 2))
    readers.append(store.reader())
    rows = [store.read(reader) for reader in readers]
    ended = [(build.communicate()[1], build.returncode) for build in builds]
    for error, code in ended:
        assert code == 0 or "another build" in error, error
    won = sum(code == 0 for _, code in ended)
    assert won, "of two builds at once none wins"
    seen["one of two builds won" if won == 1 else "two builds won in turn"] += 1
    now = store.read()
    whole = [before, now] if won == 1 else None
    for row in rows:
        assert whole is None or row in whole, "a reader saw %s, which is neither %s nor %s" % (row, before, now)


def run(store, folder, rounds, draw):
    store.change(0)
    store.build()
    store.change(1)
    usual = times(store)
    seen = collections.Counter()
    before = store.read()
    for round in range(2, rounds + 2):
        store.change(round)
        kill(store, round, draw, usual, seen)
        new = "round%05d.py" % round
        now = store.read()
        if now["last"] == new:
            seen["new graphs stood"] += 1
        else:
            assert now == before, "round %d: neither the old graph nor the new: %s, before %s" % (round, now, before)
            seen["old graphs stood"] += 1
        if round % 3 == 0:
            store.clear(now)
        if round % 10 == 0:
            two_at_once(store, folder, round, draw, usual, seen)
        store.build()
        before = store.read()
        assert before["last"] == new, before
        if round % 3 == 1:
            store.clear(before)
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
            seen = run(store, Path(folder), arguments.rounds, random.Random(arguments.seed))
            said = ", ".join("%d %s" % (seen[what], what) for what in sorted(seen))
            print("%s: %d kills: %s" % (form, arguments.rounds, said), flush=True)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""What the interval join costs beside the engine's hash join with a filter and DuckDB, measured in one run.

    cargo build --release --workspace --all-targets
    python3 benches/interval_join.py [FOLDER] [--times 3] [--minutes 6]

`duckdb` is needed from PyPI. Both workloads ask which spans of `r` lie in which of `l` of the same file: `files` has 1,000,000 on
both sides in 1,000 files, nested 5 deep, `nested` 100,000 in one file, nested 20 deep. All take turns; CPU is user and
system time of the whole process, the least of each is compared. What took more than five times as long as the interval join is
run once, and stopped after 30 CPU seconds: then it took more than its figure. What it takes to load
DuckDB into Python is left out. DuckDB is asked in two ways, by the plain join and with the file as part of the position, which lets it use its
inequality join. Growth is the interval join alone.
"""

import argparse
import functools
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

from winners import limit_cpu, show_verdicts

WORKLOADS = {"files": (1000, 1000, 5), "nested": (1, 100_000, 20)}
THREADS = 2
CPU_SECONDS = 30
PLAIN = "SELECT count(*), sum(l.id), sum(r.id) FROM '{l}' l JOIN '{r}' r ON l.path = r.path AND l.s <= r.s AND r.e <= l.e"
GLOBAL = (
    "WITH l AS (SELECT f * 1000000000 + s s, f * 1000000000 + e e, id FROM '{l}'), "
    "r AS (SELECT f * 1000000000 + s s, f * 1000000000 + e e, id FROM '{r}') "
    "SELECT count(*), sum(l.id), sum(r.id) FROM l JOIN r ON l.s <= r.s AND r.e <= l.e"
)
DUCKDB = "import duckdb, sys; c = duckdb.connect(); c.execute('SET threads = %d'); c.execute('SET enable_progress_bar = false'); print(*c.execute(sys.argv[1]).fetchone())" % THREADS


def write(folder, name, files, rows, depth, scale=1):
    """The two files of a workload: nested blocks of 1,000 bytes, and short spans in them."""
    import duckdb

    rows *= scale
    paths = {side: folder / f"{name}_{scale}_{side}.parquet" for side in "lr"}
    block = f"i // {depth} * 1000"
    left = f"{block} + i % {depth} * 20 AS s, {block} + 1000 - i % {depth} * 20 AS e"
    right = f"hash(f * 1000003 + i) % {rows // depth * 1000} AS s"
    grid = f"range({files}) t(f), range({rows}) u(i)"
    spans = {
        "l": f"SELECT f, i, {left} FROM {grid}",
        "r": f"SELECT f, i, s::BIGINT AS s, s::BIGINT + 5 AS e FROM (SELECT f, i, {right} FROM {grid})",
    }
    for side, sql in spans.items():
        duckdb.sql(
            f"COPY (SELECT format('source/package/module_{{}}.py', f) AS path, s, e, f * {rows} + i AS id, f FROM ({sql}) "
            f"ORDER BY path, s, e DESC) TO '{paths[side]}' (FORMAT parquet)"
        )
    return paths["l"], paths["r"]


def cpu(command):
    """The CPU seconds of a command, and what it prints; nothing if it was stopped."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    limit_run = functools.partial(limit_cpu, CPU_SECONDS)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, preexec_fn=limit_run)
    if done.returncode > 0:
        sys.exit(f"{command[:2]} failed")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    text = done.stdout if done.returncode == 0 else ""
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, " ".join(text.split())


def compare(commands, times, end):
    """The least CPU of each command, and which were stopped; all that end must print the same."""
    best, printed, stopped = {}, set(), set()
    for turn in range(times):
        for name, command in commands.items():
            is_slow = name in stopped or best.get(name, 0) > 5 * min(best.values(), default=0)
            if turn > 0 and (is_slow or time.monotonic() > end):
                continue
            seconds, text = cpu(command)
            if not text:
                stopped.add(name)
            printed.update([text] if text else [])
            best[name] = min(best.get(name, seconds), seconds)
    if len(printed) != 1:
        sys.exit(f"the answers differ: {printed}")
    return best, stopped, printed.pop()


def main(arguments=None):
    """Runs what the arguments say, and gives what was found beside its target."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", default=None)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or pathlib.Path(__file__).parent.parent / "target")
    parser.add_argument("--binary", default=str(target / "release/examples/interval_join"))
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=6)
    options = parser.parse_args(arguments)
    folder = pathlib.Path(options.folder or tempfile.mkdtemp())
    end = time.monotonic() + 60 * options.minutes
    judged = []
    print(f"interval join, {THREADS} threads, load {os.getloadavg()[0]:.1f}")
    # What Python and its library take before a query does not count.
    start = min(cpu([sys.executable, "-c", DUCKDB, "SELECT 1"])[0] for _ in range(options.times))
    for name, (files, rows, depth) in WORKLOADS.items():
        growth = []
        for scale in (1, 2, 4, 8):
            left, right = write(folder, name, files, rows // 8, depth, scale)
            run = {"": [options.binary, "interval", str(left), str(right), str(THREADS)]}
            growth.append(compare(run, 2, end)[0][""])
        shown = ", ".join(f"{seconds:.2f}" for seconds in growth)
        print(f"\n{name}, growth over 1/8, 1/4, 1/2 and all of the rows: {shown} s CPU", flush=True)
        judged.append((f"{name}: CPU for 8 times the rows", growth[-1] / growth[0], "at most", 10))
        ours = run[""]
        commands = {
            "interval join, left kept": ours,
            "interval join, right kept": [*ours, "right"],
            "DuckDB, plain": [sys.executable, "-c", DUCKDB, PLAIN.format(l=left, r=right)],
            "DuckDB, one axis": [sys.executable, "-c", DUCKDB, GLOBAL.format(l=left, r=right)],
            "hash join": [options.binary, "hash", *ours[2:]],
        }
        best, stopped, answer = compare(commands, options.times, end)
        for command in best:
            best[command] -= start if command.startswith("DuckDB") else 0
        own = min(seconds for command, seconds in best.items() if command.startswith("interval"))
        print(f"{name}: pairs and sums of ids {answer}")
        for command, seconds in sorted(best.items(), key=lambda entry: entry[1]):
            more = "more than " if command in stopped else ""
            print(f"  {command:28} {more}{seconds:.2f} s CPU, {seconds / own:.1f} times")
        duckdb = [command for command in best if command.startswith("DuckDB")]
        others = {"the hash join": ["hash join"], "DuckDB's best": duckdb}
        for other, forms in others.items():
            form = min(forms, key=best.get)
            more = " (more than)" if form in stopped else ""
            bound = 1 if forms == duckdb else {"files": 10, "nested": 200}[name]
            judged.append((f"{name}: times faster than {other}{more}", best[form] / own, "at least", bound))
    return judged


if __name__ == "__main__":
    show_verdicts(main())

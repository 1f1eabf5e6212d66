#!/usr/bin/env python3
"""What the interval join costs beside the engine's hash join with a filter and DuckDB, measured in one run.

    python3 benches/interval_join.py --binary PATH [--repeats N] [--growth]

PATH is the built `interval_join` example; `duckdb` is needed from PyPI. Both workloads ask which spans of `r` lie in which of `l`
of the same file: `files` has 1,000,000 on both sides in 1,000 files, nested 5 deep, `nested` 100,000 in one file, nested 20
deep. All take turns, N times; CPU is user and system time of the whole process, the least of each is compared. DuckDB
is asked in two ways, by the plain join and with the file as part of the position, which lets it use its inequality join.
"""

import argparse
import pathlib
import resource
import subprocess
import sys
import tempfile

WORKLOADS = {"files": (1000, 1000, 5), "nested": (1, 100_000, 20)}
THREADS = 2
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
    """The CPU seconds of a command, and what it prints."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    text = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, text.strip()


def compare(commands, repeats):
    """The least CPU of each command; all must print the same."""
    best, printed = {}, set()
    for turn in range(repeats):
        for name, command in commands.items():
            if turn > 0 and best[name] > 30:
                continue
            seconds, text = cpu(command)
            printed.add(" ".join(text.split()))
            best[name] = min(best.get(name, seconds), seconds)
    if len(printed) != 1:
        sys.exit(f"the answers differ: {printed}")
    return best, printed.pop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--growth", action="store_true", help="the interval join alone, at 1, 2, 4 and 8 times the rows")
    parser.add_argument("--folder", default=None)
    parser.add_argument("--workload", choices=[*WORKLOADS], action="append")
    parser.add_argument("--without-hash", action="store_true", help="the hash join takes minutes where one file is nested")
    options = parser.parse_args()
    folder = pathlib.Path(options.folder or tempfile.mkdtemp())
    for name, shape in WORKLOADS.items():
        if options.workload and name not in options.workload:
            continue
        if options.growth:
            for scale in (1, 2, 4, 8):
                files, rows, depth = shape
                left, right = write(folder, name, files, rows // 4, depth, scale)
                run = [options.binary, "interval", str(left), str(right), str(THREADS)]
                best, answer = compare({"interval": run}, options.repeats)
                print(f"{name}: {scale} times: {best['interval']:.2f} s CPU; {answer}", flush=True)
            continue
        left, right = write(folder, name, *shape)
        ours = [options.binary, "interval", str(left), str(right), str(THREADS)]
        commands = {
            "interval join, left kept": ours,
            "interval join, right kept": [*ours, "right"],
            "hash join": [options.binary, "hash", *ours[2:]],
            "DuckDB, plain": [sys.executable, "-c", DUCKDB, PLAIN.format(l=left, r=right)],
            "DuckDB, one axis": [sys.executable, "-c", DUCKDB, GLOBAL.format(l=left, r=right)],
        }
        if options.without_hash:
            del commands["hash join"]
        best, answer = compare(commands, options.repeats)
        print(f"{name}: {answer}")
        for command, seconds in best.items():
            ratio = seconds / best["interval join, left kept"]
            print(f"  {command:28} {seconds:8.2f} s CPU {ratio:8.1f} ×", flush=True)


main()

#!/usr/bin/env python3
"""Two questions of a Parquet file of `ast_nodes`, answered by CodeAnatomy and by DuckDB, with one thread and with two.

    python3 benches/questions.py --peers PYTHON [--repeats N] [--binary PATH] [--file FILE] [--check] [SOURCE]

The file is that of `codeanatomy export --cluster kind` of SOURCE (default: the interpreter's own standard library), or FILE. All take turns, N times; the
least CPU of each is compared, and its least wall time is shown beside it. It is that of the query: of a process that answers it without that of one that answers
`SELECT 1`, and for DuckDB, which is loaded and has answered `SELECT 1` before, what it takes then. Both must give the same rows. `--peers` names an interpreter that has `duckdb`. `--check` exits with 1 if a bound is
exceeded.
"""

import argparse
import json
import pathlib
import shutil
import sys
import sysconfig
import tempfile

from extraction import DUCKDB, DUCKDB_BOUND, QUERIES, Ours, measure_peer
from run import copy_files, measure, target_folder

THREADS = [1, 2]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", type=pathlib.Path, default=sysconfig.get_paths()["stdlib"])
    parser.add_argument("--peers", required=True, metavar="PYTHON", help="an interpreter that has duckdb")
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="runs of each (default: %(default)s)")
    parser.add_argument("--binary", default=str(target_folder() / "release" / "codeanatomy"), help="default: %(default)s")
    parser.add_argument("--file", metavar="FILE", help="a file that is there")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a bound is exceeded")
    arguments = parser.parse_args()
    if not shutil.which(arguments.binary):
        parser.error(f"there is no {arguments.binary}")
    with tempfile.TemporaryDirectory() as scratch:
        file = arguments.file
        if file is None:
            folder = pathlib.Path(scratch, "source")
            copy_files(arguments.source, folder)
            measure([arguments.binary, "export", str(folder), "--out", scratch, "--dataset", "ast_nodes", "--cluster", "kind"])
            file = str(pathlib.Path(scratch, "ast_nodes.parquet"))
        ours = Ours(arguments.binary, scratch)
        runs, starts = {}, {threads: [] for threads in THREADS}
        for _ in range(arguments.repeats):
            for threads in THREADS:
                starts[threads].append(ours.run("SELECT 1", threads=threads)[:2])
            for name, query in QUERIES.items():
                query = query.replace("FILE", file)
                for threads in THREADS:
                    here = ours.run(query, threads=threads)
                    theirs = DUCKDB.replace("threads = 1", f"threads = {threads}")
                    there = measure_peer([arguments.peers, "-c", theirs, query])
                    [row] = json.loads(here[3])
                    if [str(value) for value in row.values()] != there[3].split():
                        sys.exit(f"{name}: {row} here, {there[3]} by DuckDB")
                    runs.setdefault((name, threads), []).append((here, there))
    print(f"{'':<28}{'threads':>8}{'CPU s':>8}{'wall s':>8}{'DuckDB CPU s':>14}{'wall s':>8}{'ratio of CPU':>14}{'bound':>7}")
    exceeded = False
    for (name, threads), pairs in runs.items():
        least = [min(run[side][time] for run in pairs) for side in (0, 1) for time in (0, 1)]
        for time in (0, 1):
            least[time] = max(least[time] - min(start[time] for start in starts[threads]), 0)
        ratio = least[0] / least[2]
        exceeded |= ratio > DUCKDB_BOUND
        cells = f"{least[0]:>8.3f}{least[1]:>8.3f}{least[2]:>14.3f}{least[3]:>8.3f}{ratio:>14.2f}{DUCKDB_BOUND:>7}"
        print(f"{name:<28}{threads:>8}{cells}{'  EXCEEDED' if ratio > DUCKDB_BOUND else ''}")
    for threads, runs in starts.items():
        print(f"starting, {threads} threads: {min(run[0] for run in runs):.3f} CPU s, which are left out")
    if arguments.check and exceeded:
        sys.exit(1)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Measures functions beside DuckDB, the engine's own and CPython, in one run, as ratios of CPU time.

    python3 -m pip install duckdb
    python3 benches/functions.py [--binary PATH] [--rows N] [--repeat N] [--check]

Tables are made as Parquet, statements run in turn, several times each, and the least CPU time counts, less that of reading the same columns and making the same numbers.
With --check, a ratio above its bound fails.
"""

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time

import duckdb

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests"))
import binary_rows  # noqa: E402

# What is measured, ours, DuckDB's or the engine's, and the greatest ratio: ours to the other. Texts that are compared begin alike: those that
# do not are told apart by a number.
CASES = [
    ("stable_hash64 : hash", "ours", "SELECT sum(stable_hash64(name) % 2) FROM t", "duckdb", "SELECT sum(hash(name) % 2) FROM t", 1.0),
    (
        "stable_id of three parts : stable_hash64",
        "ours",
        "SELECT count(octet_length(stable_id('def', path, name, n))) FROM t",
        "ours",
        "SELECT sum(stable_hash64(name) % 2) FROM t",
        2.5,
    ),
    (
        "col_to_byte of ASCII : comparison",
        "ours",
        "SELECT sum(col_to_byte(name, n % 8, 'utf32')) FROM t",
        "ours",
        "SELECT count(*) FILTER (WHERE name > 'name_5') FROM t",
        1.0,
    ),
    ("arg_max : arg_max", "ours", "SELECT g, arg_max(name, n) FROM t GROUP BY g", "duckdb", "SELECT g, arg_max(name, n) FROM t GROUP BY g", 1.0),
    (
        "collect_set : array_agg(DISTINCT), one value",
        "ours",
        "SELECT g, collect_set(n % 100) FROM t GROUP BY g",
        "ours",
        "SELECT g, array_agg(DISTINCT n % 100) FROM t GROUP BY g",
        1.0,
    ),
    (
        "collect_set : array_agg(DISTINCT), 100 values",
        "ours",
        "SELECT g, collect_set(n / 1000 % 100) FROM t GROUP BY g",
        "ours",
        "SELECT g, array_agg(DISTINCT n / 1000 % 100) FROM t GROUP BY g",
        1.0,
    ),
    (
        "collect_set of few texts beside count",
        "ours",
        "SELECT g, collect_set(path), count(*) FROM t GROUP BY g",
        "ours",
        "SELECT g, array_agg(DISTINCT path), count(*) FROM t GROUP BY g",
        1.0,
    ),
    (
        "collect_set of many texts beside count",
        "ours",
        "SELECT g, collect_set(name), count(*) FROM t GROUP BY g",
        "ours",
        "SELECT g, array_agg(DISTINCT name), count(*) FROM t GROUP BY g",
        1.0,
    ),
]
SOURCE = (
    "SELECT i AS n, i % 1000 AS g, concat('pkg/mod', i % 5000, '.py') AS path, concat('name_', i * 7919 % {rows}) AS name "
    "FROM range({rows}) AS s(i)"
)


def spent(run):
    """The CPU seconds that this process and its children take for it."""

    def now():
        return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))

    before = now()
    run()
    return now() - before


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=binary_rows.default_binary(), help="the program to measure (default: %(default)s)")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--repeat", type=int, default=9, help="runs of each, of which the least counts (default: %(default)s)")
    parser.add_argument("--check", action="store_true", help="fail if a ratio is above its bound")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "t.parquet")
        judge = duckdb.connect()
        judge.execute("SET threads = 1")
        judge.execute("COPY (%s) TO '%s'" % (SOURCE.format(rows=options.rows), path))
        judge.execute("CREATE VIEW t AS SELECT * FROM '%s'" % path)

        def run(engine, sql):
            if engine == "duckdb":
                return lambda: judge.execute(sql.replace("octet_length", "strlen")).fetchall()
            script = os.path.join(folder, "script.sql")
            with open(script, "w", encoding="utf-8") as file:
                file.write("SET datafusion.execution.target_partitions = 1;\n")
                file.write("CREATE EXTERNAL TABLE t STORED AS PARQUET LOCATION '%s';\n%s;\n" % (path, sql))
            command = [options.binary, "-q", "--format", "nd-json", "--maxrows", "inf", "-f", script]
            return lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True)

        def columns(sql):
            """The same columns, only read, and numbers made of them."""
            words = re.findall("[a-z]+", sql)
            texts = ["octet_length(%s)" % c for c in ("name", "path") if c in words]
            made = [c for c in ("n % 8", "n % 100", "n / 1000 % 100") if c in sql]
            numbers = made or [c for c in "n" if c in words]
            return "SELECT %s FROM t" % ", ".join("sum(%s)" % c for c in texts + numbers + [c for c in "g" if c in words])

        above = []
        for what, engine, ours, other_engine, other, bound in CASES:
            least = {}
            for _ in range(options.repeat):
                for key, e, sql in (
                    ("a", engine, ours),
                    ("a read", engine, columns(ours)),
                    ("b", other_engine, other),
                    ("b read", other_engine, columns(other)),
                ):
                    least[key] = min(least.get(key, 1e9), spent(run(e, sql)))
            a, b = least["a"] - least["a read"], least["b"] - least["b read"]
            ratio = a / max(b, 1e-3)
            print(
                "%-45s %6.2f  (%.2f s of %.2f, %.2f s of %.2f; whole statements %.2f), bound %.1f"
                % (what, ratio, a, least["a"], b, least["b"], least["a"] / least["b"], bound)
            )
            if ratio > bound:
                above.append(what)
        above += conversion(options, folder)
    if options.check and above:
        sys.exit("above its bound: " + ", ".join(above))


def conversion(options, folder):
    """Columns in UTF-16 to bytes, beside CPython's codecs."""
    rows = options.rows // 10
    lines = ["naïve 😀 café %d: line %d" % (i, i * 7919 % rows) for i in range(rows)]
    start = time.process_time()
    for line in lines:
        len(line.encode("utf-16-le")[: 2 * 8].decode("utf-16-le").encode())
    python = time.process_time() - start
    path, script = os.path.join(folder, "lines.parquet"), os.path.join(folder, "script.sql")
    duckdb.execute("COPY (SELECT concat('naïve 😀 café ', i, ': line ', i * 7919 %% %d) AS line FROM range(%d) AS s(i)) TO '%s'" % (rows, rows, path))
    times = []
    for sql in ("SELECT sum(col_to_byte(line, 8, 'utf16')) FROM t", "SELECT sum(octet_length(line)) FROM t"):
        with open(script, "w", encoding="utf-8") as file:
            file.write("CREATE EXTERNAL TABLE t STORED AS PARQUET LOCATION '%s';\n%s;\n" % (path, sql))
        command = [options.binary, "-q", "-f", script]
        times.append(min(spent(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True)) for _ in range(options.repeat)))
    ratio = python / max(times[0] - times[1], 1e-3)
    print("%-45s %6.2f  (%.2f s, %.2f s), bound 10 at least" % ("CPython's codecs : col_to_byte of UTF-16", ratio, python, times[0] - times[1]))
    return ["col_to_byte of UTF-16"] if ratio < 10 else []


if __name__ == "__main__":
    main()

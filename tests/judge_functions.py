#!/usr/bin/env python3
"""Compares aggregates and windows with DuckDB: drawn tables, the SQL that each function's page says it means, the same rows.

    python3 -m pip install duckdb
    python3 tests/judge_functions.py [--binary PATH] [--rounds N] [--seed N]

Every round draws a table, writes it as Parquet, and asks both: our function in the binary, under drawn partitions and batch sizes, and
its meaning in DuckDB, where NaN is the greatest number as it is here; but for DuckDB's list_distinct, which 1.5.5 lets have several,
other than its DISTINCT. Zeros are positive: DuckDB takes -0.0 and 0.0 for equal.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

import duckdb

import binary_rows

WORDS = ["", "a", "b", "ab", "naïve", "😀", "a text of more than twelve bytes"]
# Ours, and what it means. {v} is a value, {k} a key, {o} the rest of a call: FILTER and OVER.
AGGREGATES = [
    ("arg_max({v}, {k})", "first({v} ORDER BY {k} DESC, {v}) FILTER ({v} IS NOT NULL AND {k} IS NOT NULL AND {f})"),
    ("arg_min({v}, {k})", "first({v} ORDER BY {k}, {v}) FILTER ({v} IS NOT NULL AND {k} IS NOT NULL AND {f})"),
    ("arg_max(key => {k}, value => {v})", "first({v} ORDER BY {k} DESC, {v}) FILTER ({v} IS NOT NULL AND {k} IS NOT NULL AND {f})"),
    ("any_value_det({v})", "min({v}) FILTER ({f})"),
    ("any_value_det({v}, {k})", "first({v} ORDER BY {k}, {v}) FILTER ({v} IS NOT NULL AND {k} IS NOT NULL AND {f})"),
    ("collect_set({v})", "list(DISTINCT {v} ORDER BY {v}) FILTER ({v} IS NOT NULL AND {f})"),
    ("array_agg_det({v})", "list_sort(list({v}) FILTER ({v} IS NOT NULL AND {f}))"),
    ("array_agg_det(DISTINCT {v})", "list(DISTINCT {v} ORDER BY {v}) FILTER ({v} IS NOT NULL AND {f})"),
    ("string_agg_det(w, '/')", "string_agg(w, '/' ORDER BY w) FILTER ({f})"),
    ("count_if({k} > 3)", "count(*) FILTER ({k} > 3 AND {f})"),
    ("span_cover(s, e)", "struct_pack(bstart := min(s) FILTER (s <= e AND {f}), bend := max(e) FILTER (s <= e AND {f}))"),
]
WINDOWS = [
    ("row_index() OVER ({p} ORDER BY id)", "row_number() OVER ({p} ORDER BY id) - 1"),
    ("running_count({v}) OVER ({p} ORDER BY id)", "count({v}) OVER ({p} ORDER BY id)"),
    ("running_count() OVER ({p} ORDER BY id)", "count(*) OVER ({p} ORDER BY id)"),
    (
        "winner_rank() OVER ({p} ORDER BY {k} NULLS FIRST)",
        "struct_pack(rank := rank() OVER ({p} ORDER BY {k} NULLS FIRST), tied := count(*) OVER ({q} {k}), candidates := count(*) OVER ({p}))",
    ),
]
SESSIONS = (
    "SELECT id, session_index({v}) OVER (ORDER BY id) AS r FROM t",
    "SELECT id, CAST(sum(c) OVER (ORDER BY id) AS BIGINT) - 1 AS r FROM (SELECT id, CASE WHEN row_number() OVER (ORDER BY id) > 1 "
    "AND {v} IS NOT DISTINCT FROM lag({v}) OVER (ORDER BY id) THEN 0 ELSE 1 END AS c FROM t)",
)
CHANGES = (
    "SELECT id, previous_change({v}) OVER (ORDER BY id) AS r FROM t",
    "WITH c AS (SELECT id, {v} AS v, CASE WHEN row_number() OVER (ORDER BY id) > 1 AND {v} IS NOT DISTINCT FROM lag({v}) OVER (ORDER BY id) "
    "THEN 0 ELSE 1 END AS c FROM t), r AS (SELECT id, v, sum(c) OVER (ORDER BY id) AS run FROM c) "
    "SELECT id, (SELECT any_value(b.v) FROM r AS b WHERE b.run = a.run - 1) AS r FROM r AS a",
)
DEPTHS = (
    "SELECT id, nesting_depth(s, e) OVER (ORDER BY s, e DESC, id) AS r FROM t WHERE s IS NOT NULL AND e IS NOT NULL",
    "SELECT id, (SELECT count(*) FROM t AS b WHERE b.s <= a.s AND a.e <= b.e AND a.s <= a.e AND (a.s < b.e OR a.s = b.s) "
    "AND (b.s < a.s OR b.e > a.e OR b.id < a.id)) AS r FROM t AS a WHERE s IS NOT NULL AND e IS NOT NULL",
)
ISLANDS = (
    "SELECT id, span_islands(s, e, 1) OVER (ORDER BY s, e, id) AS r FROM t",
    "WITH m AS (SELECT id, s, e, max(e) OVER (ORDER BY s, e, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS m FROM t WHERE s <= e) "
    "SELECT t.id, r FROM t LEFT JOIN (SELECT id, count(*) FILTER (m < s - 1) OVER (ORDER BY s, e, id) AS r FROM m) AS x ON x.id = t.id",
)


def table(draw, rows):
    """Rows (id, g, i, x, w, s, e): groups, integers, numbers with NaN, texts, spans; heavy ties and nulls."""
    found = []
    for i in range(rows):
        s = draw.randrange(40)
        x = draw.choice([float("nan"), float(draw.randrange(-3, 6)), draw.randrange(8) / 4])
        row = [i, draw.randrange(4), draw.randrange(-3, 6), x, draw.choice(WORDS), s, s + draw.randrange(-2, 12)]
        for column in (1, 2, 3, 4, 5, 6):
            if draw.random() < 0.1:
                row[column] = None
        found.append(row)
    return found


def queries(draw):
    """Pairs of statements, ours and DuckDB's."""
    found = []
    for ours, means in AGGREGATES:
        v, k = draw.choice(["i", "w", "x", "id"]), draw.choice(["i", "x", "w" if "count_if" not in ours else "i"])
        condition = draw.choice(["true", "id % 3 <> 1", "s > 10"])
        call = ours.format(v=v, k=k)
        filtered = "" if condition == "true" else " FILTER (WHERE %s)" % condition
        meaning = means.format(v=v, k=k, f=condition).replace("FILTER (", "FILTER (WHERE ")
        kind = draw.randrange(3)
        if kind == 0:
            found.append(("SELECT %s%s AS r FROM t" % (call, filtered), "SELECT %s AS r FROM t" % meaning))
        elif kind == 1 or "DISTINCT" in ours:
            by = draw.choice(["g", "id % 17", "i"])
            shape = "SELECT {by} AS k, {call} AS r FROM t GROUP BY {by}"
            found.append(tuple(shape.format(by=by, call=c) for c in (call + filtered, meaning)))
        else:
            # A frame, beside the aggregate of a join with its rows.
            before, after = draw.randrange(4), draw.randrange(3)
            over = " OVER (ORDER BY id ROWS BETWEEN %d PRECEDING AND %d FOLLOWING)" % (before, after)
            found.append(
                (
                    "SELECT id, %s%s%s AS r FROM t" % (call, filtered, over),
                    "SELECT id, (SELECT %s FROM (SELECT * FROM t AS b WHERE b.id BETWEEN a.id - %d AND a.id + %d) AS f) AS r FROM t AS a"
                    % (meaning, before, after),
                )
            )
    for ours, means in WINDOWS:
        v, k = draw.choice(["i", "w", "x"]), draw.choice(["i", "x", "w"])
        partition, q = draw.choice([("", "PARTITION BY"), ("PARTITION BY g", "PARTITION BY g,")])
        shape = "SELECT id, %s AS r FROM t"
        found.append((shape % ours.format(v=v, k=k, p=partition), shape % means.format(v=v, k=k, p=partition, q=q)))
    v = draw.choice(["g", "i % 2", "w"])
    found += [(a.format(v=v), b.format(v=v)) for a, b in (SESSIONS, CHANGES)]
    return found + [DEPTHS, ISLANDS]


def value(cell):
    """A cell as both write it: NaN is a text, and a struct of nulls is null."""
    if isinstance(cell, float):
        return "NaN" if cell != cell else cell
    if isinstance(cell, list):
        return [value(item) for item in cell]
    if isinstance(cell, dict):
        cell = {key: value(item) for key, item in cell.items()}
        return cell if any(item is not None for item in cell.values()) else None
    return cell


def rows_of(pairs):
    return sorted(json.dumps(row, sort_keys=True) for row in pairs)


def ours(binary, folder, statements, draw):
    settings = "SET datafusion.execution.target_partitions = %d;\nSET datafusion.execution.batch_size = %d;\n" % (
        draw.choice([1, 2, 5]),
        draw.choice([1, 7, 8192]),
    )
    script = settings + "CREATE EXTERNAL TABLE t STORED AS PARQUET LOCATION '%s';\n" % os.path.join(folder, "t.parquet")
    for n, statement in enumerate(statements):
        script += "SELECT %d AS query, to_row.* FROM (%s) AS to_row;\n" % (n, statement)
    path = os.path.join(folder, "script.sql")
    with open(path, "w", encoding="utf-8") as file:
        file.write(script)
    command = [binary, "-q", "--format", "nd-json", "--maxrows", "inf", "-f", path]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit("%s failed with %s" % (" ".join(command), done.returncode))
    found = [[] for _ in statements]
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            row = json.loads(line)
            found[row.pop("query")].append(row)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=binary_rows.default_binary(), help="the program to judge (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    draw, compared, wrong = random.Random(options.seed), 0, 0
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory() as folder:
            judge = duckdb.connect()
            judge.execute("CREATE TABLE t(id BIGINT, g BIGINT, i BIGINT, x DOUBLE, w VARCHAR, s BIGINT, e BIGINT)")
            judge.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)", table(draw, draw.choice([1, 20, 150])))
            judge.execute("COPY t TO '%s'" % os.path.join(folder, "t.parquet"))
            pairs = queries(draw)
            for (statement, meaning), rows in zip(pairs, ours(options.binary, folder, [p[0] for p in pairs], draw)):
                names = [column[0] for column in judge.execute(meaning).description]
                expected = [{n: value(c) for n, c in zip(names, row) if value(c) is not None} for row in judge.fetchall()]
                # JSON lines leave nulls out, and write NaN as null.
                found = [{n: value(c) for n, c in row.items() if value(c) is not None} for row in rows]
                expected = json.loads(json.dumps(expected).replace('"NaN"', "null"))
                expected = [{n: c for n, c in row.items() if c is not None} for row in expected]
                compared += 1
                if rows_of(expected) != rows_of(found):
                    wrong += 1
                    print("%s\n%s\nours:   %s\njudge: %s\n" % (statement, meaning, rows_of(found)[:5], rows_of(expected)[:5]))
    print("%d statements compared, %d differ" % (compared, wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

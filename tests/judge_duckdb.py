#!/usr/bin/env python3
"""Compares interval joins and winner selections with DuckDB: drawn tables and queries, the same rows.

    python3 -m pip install duckdb
    python3 tests/judge_duckdb.py [--binary PATH] [--rounds N] [--queries N] [--seed N]

Every round draws two tables, writes them as Parquet, and runs drawn queries over them in both: joins on keys and ranges in plain SQL,
`interval_join` beside the SQL that its page says it means, and the first rows of groups in their spellings (QUALIFY,
sub-queries, DISTINCT ON, first_value). Orders are total, so there is one answer. The binary runs under drawn partitions, batch
sizes and memory limits.
"""

import argparse
import collections
import json
import os
import random
import subprocess
import sys
import tempfile

import binary_rows

RANGES = [
    "l.s <= r.s AND r.e <= l.e",
    "r.e >= l.e AND l.s >= r.s",
    "l.s < r.e AND r.s < l.e",
    "r.s BETWEEN l.s AND l.e",
    "l.s <= r.s AND r.s < l.e",
    "NOT (r.s < l.s) AND NOT (r.e > l.e)",
    "l.s <= r.s AND l.e <= r.e",
    "l.s + 1 <= r.s AND r.e - 2 < l.e",
    "l.s <= r.s AND l.e >= r.e AND r.s < l.e",
]
REST = ["", "", " AND l.tag <> r.tag", " AND (l.id + r.id) % 3 <> 0", " AND l.tag IS NOT NULL", " AND r.id > 5"]
MODES = {
    "contains": "l.s <= r.s AND r.e <= l.e AND r.s <= r.e AND (r.s < l.e OR r.s = l.s)",
    "contained_by": "r.s <= l.s AND l.e <= r.e AND l.s <= l.e AND (l.s < r.e OR l.s = r.s)",
    "overlaps": "l.s < r.e AND r.s < l.e AND l.s < l.e AND r.s < r.e",
    "exact": "l.s = r.s AND l.e = r.e AND l.s <= l.e",
    "nearest": "l.s <= l.e AND r.s <= r.e",
}
DISTANCE = "CASE WHEN r.s > l.e THEN r.s - l.e WHEN l.s > r.e THEN l.s - r.e ELSE 0 END"
ORDERS = {"tightest": "r.e - r.s, r.s", "widest": "r.e - r.s DESC NULLS LAST, r.s", "first": "r.s", "last": "r.s DESC NULLS LAST"}


def table(draw, rows):
    """Rows (k, s, e, id, tag, score): nested, empty, reversed and null spans, heavy ties of score."""
    keys, found = draw.randint(1, 5), []
    for i in range(rows):
        s = draw.choice([draw.randrange(60), i % 30, draw.randrange(4) * 10])
        e = draw.choice([s, s + draw.randrange(20), 90 - s, draw.randrange(60)])
        row = ["k%d" % draw.randrange(keys), s, e, i, draw.choice("uvw"), draw.randrange(4) / 2]
        for column in (0, 1, 2, 4, 5):
            if draw.random() < 0.08:
                row[column] = None
        found.append(row)
    return found


def interval_query(draw):
    """The same SQL for both."""
    keys = draw.choice(["l.k = r.k AND ", "l.k = r.k AND ", ""])
    condition = keys + draw.choice(RANGES) + draw.choice(REST)
    kind = draw.randrange(5)
    if kind < 2:
        join = draw.choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
        sql = "SELECT l.id AS a, l.tag AS b, r.id AS c, r.e AS d FROM l %s r ON %s" % (join, condition)
    elif kind < 4:
        no = draw.choice(["", "NOT "])
        sql = "SELECT id, tag FROM l WHERE %sEXISTS (SELECT 1 FROM r WHERE %s)" % (no, condition)
    else:
        join, k = draw.choice(["JOIN", "LEFT JOIN"]), draw.randint(1, 3)
        order = draw.choice(list(ORDERS.values()))
        sql = (
            "SELECT l.id AS a, r.id AS b FROM (SELECT DISTINCT * FROM l) l %s r ON %s "
            "QUALIFY row_number() OVER (PARTITION BY l.k, l.s, l.e, l.id, l.tag, l.score ORDER BY %s, r.id) <= %d"
            % (join, condition, order, k)
        )
    return sql, sql


def function_query(draw):
    """`interval_join`, and what its page says it means."""
    mode, how = draw.choice(list(MODES)), draw.choice(["inner", "left", "semi", "anti"])
    keyed = draw.random() < 0.8
    condition = ("l.k = r.k AND " if keyed else "") + MODES[mode]
    call = "mode => '%s', how => '%s', left_span => [s, e], right_span => [s, e]" % (mode, how)
    call += ", on => k" if keyed else ""
    if how in ("semi", "anti"):
        ours = "SELECT id, tag FROM interval_join(left => (SELECT * FROM l), right => (SELECT * FROM r), %s)" % call
        return ours, "SELECT id, tag FROM l WHERE %s (SELECT 1 FROM r WHERE %s)" % (
            "EXISTS" if how == "semi" else "NOT EXISTS",
            condition,
        )
    theirs = "SELECT l.id AS a, r.id AS b, r.tag AS c FROM l %s r ON %s" % ("LEFT JOIN" if how == "left" else "JOIN", condition)
    best, k = draw.choice(["all", "tightest", "widest", "first", "last"]), draw.randint(1, 3)
    if best != "all" or mode == "nearest":
        order = [DISTANCE] * (mode == "nearest") + [ORDERS.get(best)] * (best != "all")
        order += ["r.s", "r.k", "r.s", "r.e", "r.id"]
        theirs += " QUALIFY row_number() OVER (PARTITION BY l.id ORDER BY %s) <= %d" % (", ".join(order), k)
        call += ", best => '%s', k => %d" % (best, k)
    ours = (
        "SELECT id AS a, right_id AS b, right_tag AS c "
        "FROM interval_join(left => (SELECT * FROM l), right => (SELECT * FROM r), %s)" % call
    )
    return ours, theirs


def winner_query(draw):
    """The first rows of groups."""
    keys = draw.choice(["k", "tag", "k, tag", "k, s"])
    order = draw.choice(["score DESC NULLS LAST", "score NULLS FIRST, s DESC NULLS LAST", "s", "tag DESC NULLS FIRST, score"])
    total = order + ", id"
    k = draw.randint(1, 3)
    kind = draw.randrange(6)
    if kind == 0:
        sql = "SELECT id, k, tag FROM r QUALIFY row_number() OVER (PARTITION BY %s ORDER BY %s) <= %d" % (keys, total, k)
    elif kind == 1:
        sql = (
            "SELECT id, rn FROM (SELECT *, row_number() OVER (PARTITION BY %s ORDER BY %s) AS rn FROM r) x WHERE rn = 1 AND s > 3"
            % (keys, total)
        )
    elif kind == 2:
        rank = draw.choice(["rank", "dense_rank"])
        sql = "SELECT id, rk FROM (SELECT *, %s() OVER (PARTITION BY %s ORDER BY %s) AS rk FROM r) x WHERE rk <= %d" % (
            rank,
            keys,
            order,
            k,
        )
    elif kind == 3:
        sql = "SELECT DISTINCT ON (%s) id, k, tag, score FROM r ORDER BY %s, %s" % (keys, keys, total)
    elif kind == 4:
        first = "%s(id ORDER BY " + total + ") AS a, %s(tag ORDER BY " + total + ") AS b"
        sql = "SELECT " + first + " FROM r GROUP BY " + keys
        return sql % ("first_value", "first_value"), sql % ("first", "first")
    else:
        sql = (
            "SELECT id, n, nx FROM (SELECT id, row_number() OVER w AS rn, count(*) OVER (PARTITION BY %s) AS n, "
            "lead(id) OVER w AS nx FROM r WINDOW w AS (PARTITION BY %s ORDER BY %s)) x WHERE rn = 1" % (keys, keys, total)
        )
    return sql, sql


KINDS = {"interval": interval_query, "function": function_query, "winner": winner_query}


def judge(connection, queries):
    """DuckDB's rows of every query."""
    for sql in queries:
        cursor = connection.execute(sql)
        yield [column[0] for column in cursor.description], cursor.fetchall()


def ours(arguments, draw, folder, queries):
    """The binary's rows of every query, as dictionaries; a null is left out."""
    settings = {
        "datafusion.execution.target_partitions": draw.choice([1, 3, 16]),
        "datafusion.execution.batch_size": draw.choice([1, 7, 8192]),
        "codeanatomy.optimizer.interval_join_pairs": 0,
        # So that a sort of the engine fits beside fifteen others.
        "datafusion.execution.sort_spill_reservation_bytes": 100_000,
    }
    script = ["SET %s = %s;" % item for item in settings.items()]
    script += ["CREATE EXTERNAL TABLE %s STORED AS PARQUET LOCATION '%s/%s.parquet';" % (t, folder, t) for t in "lr"]
    script += ["SELECT %d AS query, * FROM (%s) AS answer;" % (i, sql) for i, sql in enumerate(queries)]
    path = os.path.join(folder, "queries.sql")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(script) + "\n")
    command = [arguments.binary, "-q", "--format", "nd-json", "--maxrows", "inf", "-f", path]
    command += draw.choice([[], ["-m", "50m"]])
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit("%s failed with %s" % (" ".join(command), done.returncode))
    rows = [[] for _ in queries]
    for line in done.stdout.splitlines():
        if line.strip():
            row = json.loads(line)
            rows[row.pop("query")].append(row)
    return rows, settings


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=binary_rows.default_binary(), help="the program to judge (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=20, metavar="N", help="drawn pairs of tables (default: %(default)s)")
    parser.add_argument("--queries", type=int, default=60, metavar="N", help="queries over each (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the first seed (default: %(default)s)")
    arguments = parser.parse_args()
    try:
        import duckdb
    except ImportError:
        sys.exit("this judge needs DuckDB: python3 -m pip install duckdb")

    compared, different = collections.Counter(), 0
    for seed in range(arguments.seed, arguments.seed + arguments.rounds):
        draw = random.Random(seed)
        with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
            for name in "lr":
                columns = "k VARCHAR, s BIGINT, e BIGINT, id BIGINT, tag VARCHAR, score DOUBLE"
                connection.execute("CREATE TABLE %s (%s)" % (name, columns))
                connection.executemany("INSERT INTO %s VALUES (?, ?, ?, ?, ?, ?)" % name, table(draw, draw.randint(1, 150)))
                connection.execute("COPY %s TO '%s/%s.parquet' (FORMAT parquet)" % (name, folder, name))
            kinds = [draw.choice(list(KINDS)) for _ in range(arguments.queries)]
            pairs = [KINDS[kind](draw) for kind in kinds]
            found, settings = ours(arguments, draw, folder, [pair[0] for pair in pairs])
            expected = judge(connection, [pair[1] for pair in pairs])
            for kind, pair, mine, (names, theirs) in zip(kinds, pairs, found, expected):
                compared[kind] += 1
                mine = sorted(repr(tuple(row.get(name) for name in names)) for row in mine)
                theirs = sorted(repr(row) for row in theirs)
                if mine != theirs:
                    different += 1
                    print("seed %d, %s\n  ours:   %s\n  DuckDB: %s" % (seed, settings, *pair))
                    print("  only ours:   %s" % sorted(set(mine) - set(theirs))[:5])
                    print("  only DuckDB: %s" % sorted(set(theirs) - set(mine))[:5])
                    if different >= 10:
                        sys.exit("stopped after 10 differences")
    counts = ", ".join("%d %s" % (n, kind) for kind, n in sorted(compared.items()))
    print("%s queries over %d pairs of tables, %d differ from DuckDB" % (counts, arguments.rounds, different))
    sys.exit(different > 0)


if __name__ == "__main__":
    main()

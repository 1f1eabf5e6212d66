#!/usr/bin/env python3
"""Compares interval joins and winner selections with DuckDB: drawn tables and queries, the same rows.

    python3 -m pip install duckdb
    python3 tests/judge_duckdb.py [--binary PATH] [--rounds N] [--queries N] [--seed N]

Every round draws two tables, writes them as Parquet, and runs drawn queries over them in both: joins on keys and ranges in plain SQL,
`interval_join` beside the SQL that its page says it means, and the first rows of groups in their spellings (QUALIFY,
sub-queries, DISTINCT ON, first_value), over tables, views, joins, unions and aggregates. Bounds, keys and orders are of many types.
Orders are total, so there is one answer. The binary runs under drawn partitions, batch sizes and memory limits.

Where both differ DuckDB is asked again without its optimizer. If that has our rows, DuckDB contradicts itself, as 1.5.5 does for EXISTS over ranges
and `<>`; these are counted and shown, and are no difference.
"""

import argparse
import collections
import datetime
import decimal
import json
import os
import random
import re
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


# Types of bounds, and the value of a number of theirs. Of floats the least is an infinity, and the greatest no number.
BOUNDS = {
    "BIGINT": lambda n: n,
    "INTEGER": lambda n: n,
    "DOUBLE": lambda n: float("-inf") if n == 0 else float("nan") if n >= 55 else n / 4,
    "DECIMAL(12, 3)": lambda n: decimal.Decimal(n) / 8,
    "DATE": lambda n: datetime.date(2024, 2, 1) + datetime.timedelta(days=n),
    "TIMESTAMP": lambda n: datetime.datetime(1969, 12, 31, 23) + datetime.timedelta(minutes=n * 7),
    "TIMESTAMPTZ": lambda n: datetime.datetime(2024, 3, 31, tzinfo=datetime.timezone.utc) + datetime.timedelta(minutes=n * 7),
}
# Types of the join key, and the value of a number from 0.
KEYS = {
    "VARCHAR": lambda n: "k%d" % n,
    "BIGINT": lambda n: n,
    "DECIMAL(20, 2)": lambda n: decimal.Decimal(n) / 4,
    "DOUBLE": lambda n: float("nan") if n == 2 else n / 2,
    "TIMESTAMPTZ": lambda n: datetime.datetime(2024, 10, 27, n, tzinfo=datetime.timezone.utc),
    "STRUCT(a INTEGER, b VARCHAR)": lambda n: {"a": n // 2, "b": "x" * (n % 2)},
    "BLOB": lambda n: bytes([0] * n),
}
# Columns of the table of winners: what they are called, their types, and the value of a number from 0. Zeros have both signs in `zero` only.
WIDE = {
    "txt": ("VARCHAR", lambda n: ["", "a", "B", "ß", "long enough to need a buffer"][n % 5] + str(n // 5)),
    "num": ("DOUBLE", lambda n: [0.0, float("nan"), -1.5, float("inf"), float("-inf")][n % 5]),
    "zero": ("DOUBLE", lambda n: [0.0, -0.0, 1.0][n % 3]),
    "real": ("FLOAT", lambda n: [float("nan"), 0.25, -3.0][n % 3]),
    "dec": ("DECIMAL(30, 4)", lambda n: decimal.Decimal(n * 10**20 - 10**20) / 10000),
    "day": ("DATE", lambda n: datetime.date(1969, 12, 30) + datetime.timedelta(days=n)),
    "ts": ("TIMESTAMP", lambda n: datetime.datetime(1969, 12, 31, 23, 59, 59, 999990) + datetime.timedelta(microseconds=n * 4)),
    "tz": ("TIMESTAMPTZ", lambda n: datetime.datetime(2024, 10, 27, tzinfo=datetime.timezone.utc) + datetime.timedelta(minutes=n * 30)),
    "yes": ("BOOLEAN", lambda n: n % 2 == 0),
    "bin": ("BLOB", lambda n: bytes([n % 3] * (n % 4))),
    "list": ("INTEGER[]", lambda n: [n // 2] * (n % 3)),
    "pair": ("STRUCT(a INTEGER, b VARCHAR)", lambda n: {"a": n // 2, "b": "xyz"[n % 3]}),
    "tiny": ("UTINYINT", lambda n: n),
}


def wide_table(draw, rows):
    """The types of some columns, and rows of them: heavy ties, and nulls."""
    names = draw.sample(list(WIDE), 6)
    distinct = {name: draw.choice([1, 2, 3, 6, 40]) for name in names}
    found = []
    for i in range(rows):
        row = [None if draw.random() < 0.15 else WIDE[name][1](draw.randrange(distinct[name])) for name in names]
        found.append([i, *row])
    return names, found


def table(draw, rows, key, bound):
    """Rows (k, s, e, id, tag, score): nested, empty, reversed and null spans, heavy ties of score."""
    keys, found = draw.randint(1, 5), []
    for i in range(rows):
        s = draw.choice([draw.randrange(60), i % 30, draw.randrange(4) * 10])
        e = draw.choice([s, s + draw.randrange(20), 90 - s, draw.randrange(60)])
        row = ["k%d" % draw.randrange(keys), s, e, i, draw.choice("uvw"), draw.randrange(4) / 2]
        for column in (0, 1, 2, 4, 5):
            if draw.random() < 0.08:
                row[column] = None
        row[0] = None if row[0] is None else KEYS[key](int(row[0][1:]))
        for column in (1, 2):
            row[column] = None if row[column] is None else BOUNDS[bound](row[column])
        found.append(row)
    return found


def interval_query(draw, names, bound):
    """The same SQL for both."""
    keys = draw.choice(["l.k = r.k AND ", "l.k = r.k AND ", ""])
    # Only of whole numbers is a difference the same in both.
    is_number = bound == "BIGINT"
    condition = keys + draw.choice(RANGES if is_number else [r for r in RANGES if "1" not in r]) + draw.choice(REST)
    kind = draw.choice([0, 1, 2, 3, 5, 6] + [4, 4] * is_number)
    if kind < 2:
        join = draw.choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
        last = "r.e" if is_number else "r.tag"
        sql = "SELECT l.id AS a, l.tag AS b, r.id AS c, %s AS d FROM l %s r ON %s" % (last, join, condition)
    elif kind == 5:
        sql = draw.choice(
            [
                "SELECT id FROM l WHERE EXISTS (SELECT 1 FROM r WHERE {0}) OR tag IS NULL",
                "SELECT id FROM l WHERE tag IN (SELECT tag FROM r WHERE {0})",
                "SELECT l.id AS a, r.id AS b FROM l LEFT JOIN LATERAL (SELECT * FROM r WHERE {0}) r ON TRUE",
                "SELECT l.id AS a, count(r.id) AS b FROM l LEFT JOIN r ON {0} GROUP BY l.id",
                "SELECT l.id AS a, r.id AS b FROM l, r WHERE {0} AND l.score IS NOT DISTINCT FROM r.score",
            ]
        ).format(condition)
    elif kind == 6:
        sql = "SELECT l.id AS a, r.id AS b, o.id AS c FROM l JOIN r ON %s LEFT JOIN l o ON %s AND o.id < 20"
        sql %= (condition, condition.replace("l.", "o."))
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


def function_query(draw, names, bound):
    """`interval_join`, and what its page says it means."""
    if bound != "BIGINT":
        return interval_query(draw, names, bound)
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


def key_of(draw, name):
    """A column, or something of it."""
    kind = WIDE[name][0]
    more = {"VARCHAR": ["lower(%s)"], "DATE": ["CAST(%s AS TIMESTAMP)"], "UTINYINT": ["%s %% 3", "CAST(%s AS INTEGER) - 9"]}
    return draw.choice(["%s", "%s", "%s IS NULL", *more.get(kind, [])]) % name


def over(draw, partition, names):
    """A definition of a window with a total order."""
    order = [key_of(draw, name) + draw.choice([" ", " DESC "]) + draw.choice(["NULLS FIRST", "NULLS LAST"]) for name in names]
    # The engine plans no RANGE frame, which is the default, over every type.
    return "PARTITION BY %s ORDER BY %s ROWS UNBOUNDED PRECEDING" % (", ".join(partition), ", ".join([*order, "id"]))


def order_of(window, keys):
    """The order of such a definition without what is in the keys: the engine panics at a key that stands there twice."""
    parts = window.split("ORDER BY ")[1].split(" ROWS")[0].split(", ")
    return ", ".join(part for part in parts if re.sub("( DESC| ) ?NULLS [A-Z]+$", "", part).strip() not in keys)


def wide_query(draw, names, bound):
    """The first rows of groups by keys and orders of many types."""
    # The engine's windows and orders tell the zeros apart, DuckDB's do not: they are keys of GROUP BY only.
    ordered = [name for name in names if name != "zero"]
    draw.shuffle(ordered)
    count = draw.randint(1, 2)
    partition = list(dict.fromkeys(key_of(draw, name) for name in ordered[:count]))
    window = over(draw, partition, draw.sample(ordered, draw.randint(1, 3)))
    other = over(draw, partition[:1], ordered[-2:])
    k, rank = draw.randint(1, 3), draw.choice(["row_number", "rank", "dense_rank"])
    inputs = [
        "w",
        "w",
        "(SELECT * FROM w WHERE id %% %d <> 0)" % draw.randint(2, 5),
        "(SELECT * FROM w UNION ALL SELECT * FROM w WHERE id < 0)",
        "(SELECT DISTINCT * FROM w)",
        "(SELECT w.* FROM w JOIN (SELECT id AS other FROM w) o ON o.other = w.id)",
        "(SELECT * FROM w QUALIFY row_number() OVER (%s) <= 5)" % other,
        "v",
    ]
    source = draw.choice(inputs) + " x"
    more = draw.choice(["", " AND id > 3", " AND %s IS NOT NULL" % names[0], " AND (id % 2 = 0 OR id < 9)"])
    kind = draw.randrange(8)
    if kind == 0:
        sql = "SELECT id FROM %s QUALIFY row_number() OVER (%s) <= %d%s" % (source, window, k, more)
    elif kind == 1:
        bound = draw.choice(["= 1", "IN (1, 2)", "BETWEEN 1 AND %d" % k, "< %d" % (k + 1)])
        sql = "SELECT id, a FROM (SELECT id, %s() OVER (%s) AS a, %s FROM %s) y WHERE a %s%s"
        sql %= (rank, window, names[0], source, bound, more)
    elif kind == 2:
        # The window beside it needs the rows that lose.
        sql = "SELECT id, a, b FROM (SELECT id, row_number() OVER (%s) AS a, count(*) OVER (%s) AS b FROM %s) y WHERE a <= %d"
        sql %= (window, other, source, k)
    elif kind == 3:
        sql = "SELECT id, a, b FROM (SELECT id, row_number() OVER (%s) AS a, row_number() OVER (%s) AS b FROM %s) y WHERE a = 1 AND b <= %d"
        sql %= (window, other, source, k)
    elif kind in (4, 5):
        keys = ["zero"] if "zero" in names and kind == 5 else partition
        order = order_of(window, keys)
        if kind == 4:
            sql = "SELECT DISTINCT ON (%s) id FROM %s ORDER BY %s, %s" % (", ".join(keys), source, ", ".join(keys), order)
            return sql, sql
        # A count beside it leaves it to the engine, which panics where statistics say that a key of the order is constant.
        columns = [("id", "a"), (draw.choice(["id - 7", "yes" if "yes" in names else "id"]), "b")]
        first = ", ".join("{0}(%s ORDER BY %s) AS %s" % (column, order, name) for column, name in columns)
        sql = "SELECT " + first + " FROM %s GROUP BY %s" % (source, ", ".join(keys))
        return sql.format("first_value"), sql.format("first")
    elif kind == 6:
        sql = "SELECT a, b FROM (SELECT min(id) AS a, count(*) AS b, %s AS g, %s AS h FROM %s GROUP BY %s, %s) y"
        sql = sql % (ordered[0], ordered[1], source, ordered[0], ordered[1])
        sql += " QUALIFY row_number() OVER (PARTITION BY g ORDER BY b DESC, a) <= %d" % k
    else:
        sql = "SELECT l.id AS a, y.id AS b FROM l LEFT JOIN (SELECT id, row_number() OVER (%s) AS n FROM %s) y ON y.id = l.id AND y.n = 1"
        sql %= (window, source)
    return sql, sql


def winner_query(draw, names, bound):
    """The first rows of groups."""
    keys = draw.choice(["k", "tag", "k, tag", "k, s"])
    order = draw.choice(["score DESC NULLS LAST", "score NULLS FIRST, s DESC NULLS LAST", "s", "tag DESC NULLS FIRST, score"])
    total = order + ", id"
    k = draw.randint(1, 3)
    kind = draw.randrange(6)
    if kind == 0:
        sql = "SELECT id, tag FROM r QUALIFY row_number() OVER (PARTITION BY %s ORDER BY %s) <= %d" % (keys, total, k)
    elif kind == 1:
        sql = (
            "SELECT id, rn FROM (SELECT *, row_number() OVER (PARTITION BY %s ORDER BY %s) AS rn FROM r) x WHERE rn = 1 AND %s > 3"
            % (keys, total, "s" if bound == "BIGINT" else "id")
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
        sql = "SELECT DISTINCT ON (%s) id, tag, score FROM r ORDER BY %s, %s" % (keys, keys, total)
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


KINDS = {"interval": interval_query, "function": function_query, "winner": winner_query, "wide": wide_query}


def judge(connection, queries):
    """DuckDB's rows of every query, and how to ask for them without its optimizer."""
    for sql in queries:
        cursor = connection.execute(sql)
        yield [column[0] for column in cursor.description], cursor.fetchall(), lambda sql=sql: plainly(connection, sql)


def plainly(connection, sql):
    """DuckDB's rows as its optimizer would not have them."""
    connection.execute("PRAGMA disable_optimizer")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.execute("PRAGMA enable_optimizer")


def ours(arguments, draw, folder, queries):
    """The binary's rows of every query, as dictionaries; a null is left out."""
    settings = {
        "datafusion.execution.target_partitions": draw.choice([1, 3, 16]),
        "datafusion.execution.batch_size": draw.choice([1, 7, 8192]),
        "codeanatomy.optimizer.interval_join_pairs": 0,
        # The tables are small: winners are fetched late in half of the rounds.
        "codeanatomy.optimizer.winner_fetch_rows": draw.choice([0, 500_000]),
        # So that a sort of the engine fits beside fifteen others.
        "datafusion.execution.sort_spill_reservation_bytes": 100_000,
    }
    script = ["SET %s = %s;" % item for item in settings.items()]
    script += ["CREATE EXTERNAL TABLE %s STORED AS PARQUET LOCATION '%s/%s.parquet';" % (t, folder, t) for t in "lrw"]
    script += ["CREATE VIEW v AS SELECT * FROM w WHERE id % 3 <> 1;"]
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

    compared, different, contradicted = collections.Counter(), 0, 0
    for seed in range(arguments.seed, arguments.seed + arguments.rounds):
        draw = random.Random(seed)
        with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            key, bound = draw.choice(["VARCHAR", *KEYS]), draw.choice(["BIGINT", "BIGINT", *BOUNDS])
            names, rows = wide_table(draw, draw.choice([1, 20, 100, 300]))
            spans = "k %s, s %s, e %s, id BIGINT, tag VARCHAR, score DOUBLE" % (key, bound, bound)
            tables = {
                "l": (spans, table(draw, draw.randint(1, 150), key, bound)),
                "r": (spans, table(draw, draw.randint(1, 150), key, bound)),
                "w": (", ".join(["id BIGINT", *("%s %s" % (name, WIDE[name][0]) for name in names)]), rows),
            }
            for name, (columns, rows) in tables.items():
                connection.execute("CREATE TABLE %s (%s)" % (name, columns))
                places = ", ".join("?" for _ in rows[0])
                connection.executemany("INSERT INTO %s VALUES (%s)" % (name, places), rows)
                connection.execute("COPY %s TO '%s/%s.parquet' (FORMAT parquet)" % (name, folder, name))
            connection.execute("CREATE VIEW v AS SELECT * FROM w WHERE id % 3 <> 1")
            kinds = [draw.choice(list(KINDS)) for _ in range(arguments.queries)]
            pairs = [KINDS[kind](draw, names, bound) for kind in kinds]
            found, settings = ours(arguments, draw, folder, [pair[0] for pair in pairs])
            expected = judge(connection, [pair[1] for pair in pairs])
            for kind, pair, mine, (names, theirs, again) in zip(kinds, pairs, found, expected):
                compared[kind] += 1
                mine = sorted(repr(tuple(row.get(name) for name in names)) for row in mine)
                theirs = sorted(repr(row) for row in theirs)
                if mine == theirs:
                    continue
                if mine == sorted(map(repr, again())):
                    contradicted += 1
                    print("seed %d: DuckDB contradicts itself: %s" % (seed, pair[1]))
                else:
                    different += 1
                    print("seed %d, %s\n  ours:   %s\n  DuckDB: %s" % (seed, settings, *pair))
                    print("  only ours:   %s" % sorted(set(mine) - set(theirs))[:5])
                    print("  only DuckDB: %s" % sorted(set(theirs) - set(mine))[:5])
                    if different >= 10:
                        sys.exit("stopped after 10 differences")
    counts = ", ".join("%d %s" % (n, kind) for kind, n in sorted(compared.items()))
    print("%s queries over %d pairs of tables, %d differ from DuckDB, in %d DuckDB contradicts itself" % (counts, arguments.rounds, different, contradicted))
    sys.exit(different > 0)


if __name__ == "__main__":
    main()

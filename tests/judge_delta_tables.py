#!/usr/bin/env python3
"""Reads tables that the Python package `deltalake` has written as people do: nested, partitioned by each type, evolved, compacted.

    python3 -m pip install deltalake pyarrow
    python3 tests/judge_delta_tables.py [--binary PATH]

The rows must be those that the package reads, before and after statements here; and what a table's log no longer has is an error.
"""

import argparse
import datetime
import decimal
import tempfile
from pathlib import Path

import pyarrow
from deltalake import DeltaTable, write_deltalake

from judge_delta import Judge, rows_of

UTC = datetime.timezone.utc
AT = datetime.datetime(2026, 1, 2, 3, 4, 5, 678901)
# Negative decimals are left out: the package writes partitions of them that nobody reads.
PARTITIONS = {
    "date": (pyarrow.date32(), [datetime.date(2026, 1, 1), None, datetime.date(1, 1, 1)]),
    "timestamp": (pyarrow.timestamp("us", "UTC"), [AT.replace(tzinfo=UTC), None, datetime.datetime(1969, 1, 1, tzinfo=UTC)]),
    "timestamp_ntz": (pyarrow.timestamp("us"), [AT, None, datetime.datetime(2026, 1, 1)]),
    "boolean": (pyarrow.bool_(), [True, None, False]),
    "decimal": (pyarrow.decimal128(10, 2), [decimal.Decimal("1.20"), None, decimal.Decimal("3.40")]),
    "string": (pyarrow.string(), ["a/b=c %20 é", "", None]),
    "double": (pyarrow.float64(), [1.5, None, -0.5]),
    "byte": (pyarrow.int8(), [1, None, -1]),
}


def opened(uri):
    return "CREATE EXTERNAL TABLE t STORED AS DELTATABLE LOCATION '%s'" % uri


def scanned(judge, what, uri):
    there = [{k: shown(v) for k, v in row.items()} for row in rows_of(DeltaTable(uri))]
    here = [{k: shown(v) for k, v in row.items()} for row in judge.sql("SELECT * FROM delta_scan(uri => '%s')" % uri)]
    judge.same(what, here, there)


def shown(value):
    """A value as JSON output has it."""
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, datetime.datetime) and value.tzinfo:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list) and value and isinstance(value[0], tuple):
        return dict(value)
    if isinstance(value, dict):
        return {k: shown(v) for k, v in value.items() if v is not None}
    return value


def nested(judge, folder):
    inner = pyarrow.struct([("a", pyarrow.int32()), ("b", pyarrow.struct([("c", pyarrow.string())]))])
    table = pyarrow.table(
        {
            "id": pyarrow.array([1, 2, 3], pyarrow.int64()),
            "deep": pyarrow.array([{"a": 1, "b": {"c": "x"}}, None, {"a": 2, "b": {"c": None}}], inner),
            "list": pyarrow.array([[1, 2], None, [3]], pyarrow.list_(pyarrow.int64())),
            "map": pyarrow.array([[("k", 1)], None, [("l", 2)]], pyarrow.map_(pyarrow.string(), pyarrow.int64())),
            "price": pyarrow.array([decimal.Decimal("1.25"), None, decimal.Decimal("-99.99")], pyarrow.decimal128(10, 2)),
            "bytes": pyarrow.array([b"\x00\xff", None, b""], pyarrow.binary()),
            "at": pyarrow.array([AT.replace(tzinfo=UTC), None, datetime.datetime(1969, 1, 1, tzinfo=UTC)], pyarrow.timestamp("us", "UTC")),
            "local": pyarrow.array([AT, None, datetime.datetime(1, 1, 1)], pyarrow.timestamp("us")),
        }
    )
    uri = str(folder / "nested")
    write_deltalake(uri, table)
    scanned(judge, "nested", uri)
    for condition, ids in [("deep['b']['c'] = 'x'", [1]), ("deep IS NULL", [2]), ("price < 0", [3]), ("\"at\" < '1970-01-01'", [3]), ("bytes = X'00ff'", [1])]:
        judge.same(condition, judge.sql("SELECT id FROM delta_scan(uri => '%s') WHERE %s" % (uri, condition)), [{"id": i} for i in ids])
    for statement in ["INSERT INTO t SELECT * FROM t WHERE id < 3", "UPDATE t SET id = 9 WHERE deep['a'] = 1", "DELETE FROM t WHERE deep['b']['c'] = 'x'"]:
        judge.sql(opened(uri), statement)
        scanned(judge, statement, uri)


def partitioned(judge, folder):
    for name, (kind, values) in PARTITIONS.items():
        uri = str(folder / name)
        write_deltalake(uri, pyarrow.table({"id": pyarrow.array([1, 2, 3], pyarrow.int64()), "p": pyarrow.array(values, kind)}), partition_by=["p"])
        scanned(judge, "partitioned by " + name, uri)
        for statement in ["INSERT INTO t SELECT id + 10, p FROM t", "DELETE FROM t WHERE p IS NULL", "UPDATE t SET id = id + 100"]:
            judge.sql(opened(uri), statement)
        scanned(judge, "partitioned by %s and changed" % name, uri)


def evolved(judge, folder):
    rows = lambda first, last: pyarrow.table({"id": pyarrow.array(range(first, last), pyarrow.int64())})
    uri = str(folder / "evolved")
    write_deltalake(uri, rows(0, 3))
    write_deltalake(uri, pyarrow.table({"id": pyarrow.array([3], pyarrow.int64()), "name": ["new"]}), mode="append", schema_mode="merge")
    scanned(judge, "a column that came later", uri)
    judge.same("rows without it", judge.sql("SELECT id FROM delta_scan(uri => '%s') WHERE name IS NULL" % uri), rows(0, 3).to_pylist())
    judge.same("the version without it", judge.sql("SELECT * FROM delta_scan(uri => '%s', version => 0)" % uri), rows(0, 3).to_pylist())

    uri = str(folder / "kept")
    for i in range(12):
        write_deltalake(uri, rows(10 * i, 10 * i + 10), mode="append")
    table = DeltaTable(uri)
    table.optimize.compact()
    table.optimize.z_order(["id"])
    table.create_checkpoint()
    scanned(judge, "compacted and ordered", uri)
    table.delete("id < 5")
    table.restore(3)
    scanned(judge, "restored", uri)
    table = DeltaTable(uri)
    table.alter.set_table_properties({"delta.logRetentionDuration": "interval 0 days"})
    table.create_checkpoint()
    DeltaTable(uri).cleanup_metadata()
    scanned(judge, "with a log that begins late", uri)
    judge.refused("a version before that", "no version 2 any more", "SELECT * FROM delta_scan(uri => '%s', version => 2)" % uri)
    judge.refused("a time before that", "no version at that time", "SELECT * FROM delta_scan(uri => '%s', timestamp => '2020-01-01')" % uri)
    later = (datetime.datetime.now(UTC) + datetime.timedelta(days=1)).strftime("%Y-%m-%d")
    judge.same("a time after that", judge.sql("SELECT count(*) AS n FROM delta_scan(uri => '%s', timestamp => '%s')" % (uri, later)), [{"n": 40}])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default="target/release/codeanatomy")
    parser.add_argument("--verbose", action="store_true", help="print the errors that must come")
    arguments = parser.parse_args()
    judge = Judge(str(Path(arguments.binary).absolute()), arguments.verbose)
    with tempfile.TemporaryDirectory() as folder:
        for part in [nested, partitioned, evolved]:
            part(judge, Path(folder))
    judge.end()


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Reads Delta tables that are written by hand after the protocol: their rows are right, or there is an error, and never a wrong row.

    python3 -m pip install deltalake pyarrow
    python3 tests/judge_delta_protocol.py [--binary PATH]

Deletion vectors (inline, in files, by path; arrays, bitsets, runs; of files with many row groups; replaced; damaged), changes of
tables with them, mapped columns by name and by id (renamed, dropped and added again), v2 checkpoints with sidecars, times without a
zone, row tracking, and features that no one knows. Which rows must come follows from what was written.
"""

import argparse
import datetime
import json
import os
import sys
import tempfile
from pathlib import Path

import pyarrow

from delta_by_hand import Table, roaring_array
from judge_delta import Judge

LONG = {"name": "id", "type": "long", "nullable": True, "metadata": {}}
TEXT = {"name": "name", "type": "string", "nullable": True, "metadata": {}}
# Files are read in pieces, by several partitions, so that a row's place in its file is not that in its batch.
PIECES = (
    "SET datafusion.execution.target_partitions = 4",
    "SET datafusion.optimizer.repartition_file_min_size = 1",
    "SET datafusion.execution.batch_size = 64",
    "SET datafusion.execution.parquet.pushdown_filters = true",
)


def rows(first, last):
    return pyarrow.table({"id": pyarrow.array(range(first, last), pyarrow.int64()), "name": ["n%d" % (i % 10) for i in range(first, last)]})


def dicts(ids):
    return [{"id": i, "name": "n%d" % (i % 10)} for i in ids]


def vectors(judge, folder):
    for kind, runs, prefix, before in [("i", False, "", b""), ("u", False, "", b""), ("u", True, "ab", b""), ("p", False, "", bytes(7)), ("i", True, "", b"")]:
        root = folder / ("vectors_%s%d%d" % (kind, runs, len(before) + len(prefix)))
        table = Table(root, [LONG, TEXT], reader=["deletionVectors"])
        one, _ = table.write(rows(0, 100)), table.write(rows(100, 150))
        table.done()
        first = table.vector(one, [0, 3, 4, 5, 99], kind, runs, prefix, before)
        table.done("DELETE")
        table.vector(first, [0, 3, 4, 5, 50, 51, 99], kind, runs, prefix, before)
        table.done("DELETE")
        gone = [set(), {0, 3, 4, 5, 99}, {0, 3, 4, 5, 50, 51, 99}]
        for version in range(3):
            left = [i for i in range(150) if i not in gone[version]]
            what, scan = "%s %d" % (root.name, version), "delta_scan(uri => '%s', version => %d)" % (root, version)
            judge.same(what, judge.sql("SELECT * FROM " + scan), dicts(left))
            judge.same(what + ", filtered", judge.sql("SELECT * FROM %s WHERE id < 52" % scan), dicts(i for i in left if i < 52))
            judge.same(what + ", counted", judge.sql("SELECT count(*) AS n, min(id) AS a, max(id) AS z FROM " + scan), [{"n": len(left), "a": left[0], "z": left[-1]}])
            judge.same(what + ", limited", judge.sql("SELECT count(*) AS n FROM (SELECT * FROM %s LIMIT 147)" % scan), [{"n": min(147, len(left))}])
        files = judge.sql("SELECT rows, deleted FROM delta_files(uri => '%s')" % root)
        judge.same(root.name + ", files", files, [{"rows": 100, "deleted": 7}, {"rows": 50, "deleted": 0}])

    # 200,000 rows in row groups of 1,000: bitsets, several containers, and a filter that skips row groups before the deleted rows.
    ids = [i for i in range(200_000) if i % 3 == 0 or 70_000 <= i < 70_010]
    left = sorted(set(range(200_000)) - set(ids))
    for runs in [False, True]:
        root = folder / ("many%d" % runs)
        table = Table(root, [LONG, TEXT], reader=["deletionVectors"])
        table.vector(table.write(rows(0, 200_000), row_group=1000), ids, "u", runs)
        table.done()
        for pieces in [(), PIECES]:
            scan = "delta_scan(uri => '%s')" % root
            there = [{"n": len(left), "s": sum(left)}]
            judge.same("%s, all" % root.name, judge.sql(*pieces, "SELECT count(*) AS n, sum(id) AS s FROM " + scan), there)
            late = [i for i in left if i > 190_500]
            here = judge.sql(*pieces, "SELECT id, name FROM %s WHERE id > 190500" % scan)
            judge.same("%s, filtered" % root.name, here, dicts(late))
            few = [i for i in left if 69_990 < i < 70_020]
            here = judge.sql(*pieces, "SELECT id, name FROM %s WHERE id > 69990 AND id < 70020 ORDER BY id DESC LIMIT 5" % scan)
            judge.same("%s, few" % root.name, here, dicts(few[-5:]))
            here = judge.sql(*pieces, "SELECT name, count(*) AS n FROM %s GROUP BY name" % scan)
            judge.same("%s, grouped" % root.name, here, [{"name": "n%d" % d, "n": sum(i % 10 == d for i in left)} for d in range(10)])

    # All rows, and none.
    root = folder / "ends"
    table = Table(root, [LONG, TEXT], reader=["deletionVectors"])
    table.vector(table.write(rows(0, 10)), list(range(10)), "i")
    table.vector(table.write(rows(10, 20)), [], "i")
    table.done()
    judge.same("all and none", judge.sql("SELECT * FROM delta_scan(uri => '%s')" % root), dicts(range(10, 20)))

    # Damaged.
    good = roaring_array([1, 2])
    for what, more in [
        ("checksum", {"checksum": 1}),
        ("magic number", {"data": b"\0" * 4 + good[4:]}),
        ("cut off", {"data": good[:-3]}),
        ("empty", {"data": b""}),
    ]:
        root = folder / ("damaged_" + what.replace(" ", "_"))
        table = Table(root, [LONG, TEXT], reader=["deletionVectors"])
        table.vector(table.write(rows(0, 10)), [1, 2], "u", **more)
        table.done()
        judge.refused("a vector's " + what, "", "SELECT * FROM delta_scan(uri => '%s')" % root)
    root = folder / "vanished"
    table = Table(root, [LONG, TEXT], reader=["deletionVectors"])
    table.vector(table.write(rows(0, 10)), [1, 2], "u")
    table.done()
    for file in root.glob("deletion_vector_*"):
        file.unlink()
    judge.refused("a vector that is gone", "", "SELECT * FROM delta_scan(uri => '%s')" % root)


def changes(judge, folder):
    root = folder / "changes"
    table = Table(root, [LONG, TEXT], reader=["deletionVectors"], writer=["changeDataFeed"], configuration={"delta.enableChangeDataFeed": "true"})
    one, two = table.write(rows(0, 20)), table.write(rows(20, 30))
    table.done()
    one = table.vector(one, [1, 2], "u")
    table.done("DELETE")
    one = table.vector(one, [1, 2, 7], "u")
    two = table.vector(two, [0], "i")
    table.done("DELETE")
    table.remove(one)
    table.done("DELETE")
    sql = "SELECT id, name, _change_type, _commit_version FROM delta_changes(uri => '%s', from_version => %d, to_version => %d)"

    def change(kind, version, ids):
        return [{**row, "_change_type": kind, "_commit_version": version} for row in dicts(ids)]

    expected = [
        change("insert", 0, range(30)),
        change("delete", 1, [1, 2]),
        change("delete", 2, [7, 20]),
        change("delete", 3, [i for i in range(20) if i not in (1, 2, 7)]),
    ]
    for first, last in [(0, 0), (1, 1), (2, 2), (3, 3), (0, 3)]:
        there = [row for version in range(first, last + 1) for row in expected[version]]
        judge.same("changes by vectors, %d to %d" % (first, last), judge.sql(sql % (root, first, last)), there)
    root = folder / "changes_of_groups"
    table = Table(root, [LONG, TEXT], reader=["deletionVectors"], writer=["changeDataFeed"], configuration={"delta.enableChangeDataFeed": "true"})
    one = table.write(rows(0, 1000), row_group=100)
    table.done()
    table.vector(one, [5, 250, 999], "u")
    table.done("DELETE")
    judge.same("changes by a vector over row groups", judge.sql(sql % (root, 1, 1)), change("delete", 1, [5, 250, 999]))
    judge.same("changes by a vector over row groups, some", judge.sql("SELECT id FROM (%s) WHERE _change_type = 'delete' AND name = 'n9'" % (sql % (root, 0, 1))), [{"id": 999}])
    root = folder / "changes_of_equal_rows"
    table = Table(root, [LONG, TEXT], reader=["deletionVectors"], writer=["changeDataFeed"], configuration={"delta.enableChangeDataFeed": "true"})
    same = pyarrow.table({"id": pyarrow.array([7] * 300 + [None] * 300, pyarrow.int64()), "name": ["x"] * 300 + [None] * 300})
    one = table.write(same, row_group=100)
    table.done()
    one = table.vector(one, [0, 150, 151, 450], "u")
    table.done("DELETE")
    table.vector(one, [0], "u")
    table.done("RESTORE")

    def equal(kind, version, sevens, nulls):
        rest = {"_change_type": kind, "_commit_version": version}
        return [{"id": 7, "name": "x", **rest}] * sevens + [{"id": None, "name": None, **rest}] * nulls

    judge.same("changes of equal rows", judge.sql(sql % (root, 1, 1)), equal("delete", 1, 3, 1))
    judge.same("changes that are taken back", judge.sql(sql % (root, 1, 2)), equal("delete", 1, 3, 1) + equal("insert", 2, 2, 1))
    root = folder / "changes_restored"
    table = Table(root, [LONG, TEXT], reader=["deletionVectors"], writer=["changeDataFeed"], configuration={"delta.enableChangeDataFeed": "true"})
    table.done()
    table.vector(table.write(rows(0, 10)), [5, 6], "u")
    table.done("RESTORE")
    judge.same("changes by a file that comes with a vector", judge.sql(sql % (root, 1, 1)), change("insert", 1, [0, 1, 2, 3, 4, 7, 8, 9]))
    root = folder / "changes"
    judge.same("after the changes", judge.sql("SELECT * FROM delta_scan(uri => '%s')" % root), dicts(range(21, 30)))
    scan = "CREATE EXTERNAL TABLE t STORED AS DELTATABLE LOCATION '%s'" % root
    # Rows that are gone do not come back by a change of others.
    judge.right_or_refused("an update beside deleted rows", dicts(range(21, 29)) + [{"id": 29, "name": "last"}],
                           scan, "UPDATE t SET name = 'last' WHERE id = 29", "SELECT * FROM t")
    judge.right_or_refused("a delete beside deleted rows", dicts(range(22, 29)) + [{"id": 29, "name": "last"}],
                           scan, "DELETE FROM t WHERE id = 21", "SELECT * FROM t")


def mapped(judge, folder):
    def field(name, kind, number, physical):
        return {"name": name, "type": kind, "nullable": True, "metadata": {"delta.columnMapping.id": number, "delta.columnMapping.physicalName": physical}}

    nested = {"type": "struct", "fields": [field("inner", "long", 5, "col-5")]}
    for mode in ["name", "id"]:
        root = folder / ("mapped_" + mode)
        configuration = {"delta.columnMapping.mode": mode, "delta.columnMapping.maxColumnId": "5"}
        schema = [field("id", "long", 1, "col-1"), field("name", "string", 2, "col-2"), field("part", "string", 3, "col-3"), field("deep", nested, 4, "col-4")]
        table = Table(root, schema, ["part"], configuration, reader=["columnMapping"])

        def file(first, last):
            ids = list(range(first, last))
            numbered = lambda name, kind, number: pyarrow.field(name, kind, metadata={"PARQUET:field_id": str(number)})
            inner = pyarrow.struct([numbered("col-5", pyarrow.int64(), 5)])
            columns = [pyarrow.array(ids, pyarrow.int64()), pyarrow.array(["n%d" % i for i in ids]), pyarrow.array([{"col-5": i * 10} for i in ids], inner)]
            fields = [numbered("col-1", pyarrow.int64(), 1), numbered("col-2", pyarrow.string(), 2), numbered("col-4", inner, 4)]
            return pyarrow.Table.from_arrays(columns, schema=pyarrow.schema(fields))

        stats = '{"numRecords":5,"minValues":{"col-1":%d},"maxValues":{"col-1":%d},"nullCount":{"col-1":0}}'
        for i, part in enumerate(["a", "b"]):
            add = table.write(file(5 * i, 5 * i + 5), partition={"col-3": part}, stats=False)
            add["stats"] = stats % (5 * i, 5 * i + 4)
        table.done()
        # Renamed, dropped, and added again under the old name.
        schema = [field("key", "long", 1, "col-1"), field("name", "string", 6, "col-6"), field("part", "string", 3, "col-3"), field("deep", nested, 4, "col-4")]
        table.metadata = {**table.metadata, "schemaString": json.dumps({"type": "struct", "fields": schema})}
        table.commit.append({"metaData": table.metadata})
        table.done("RENAME COLUMN")
        old = [{"id": i, "name": "n%d" % i, "part": "ab"[i // 5], "deep": {"inner": i * 10}} for i in range(10)]
        new = [{"key": i, "part": "ab"[i // 5], "deep": {"inner": i * 10}} for i in range(10)]
        for filter, keeps in [("", lambda i: True), (" WHERE part = 'b'", lambda i: i > 4), (" WHERE deep['inner'] > 70", lambda i: i > 7)]:
            here = "SELECT * FROM delta_scan(uri => '%s', version => 0)%s" % (root, filter)
            judge.right_or_refused("mapped by %s%s" % (mode, filter), [old[i] for i in range(10) if keeps(i)], here)
            here = "SELECT * FROM delta_scan(uri => '%s')%s" % (root, filter)
            judge.right_or_refused("renamed by %s%s" % (mode, filter), [new[i] for i in range(10) if keeps(i)], here)
        judge.right_or_refused("mapped by %s, a range" % mode, [{"key": 7}], "SELECT key FROM delta_scan(uri => '%s') WHERE key = 7" % root)
        judge.refused("changes of columns mapped by " + mode, "mapp", "SELECT * FROM delta_changes(uri => '%s')" % root)


def formats(judge, folder):
    root = folder / "checkpoint"
    table = Table(root, [LONG, TEXT], reader=["v2Checkpoint"], configuration={"delta.checkpointPolicy": "v2"})
    for i in range(4):
        table.write(rows(10 * i, 10 * i + 10))
        table.done()
    table.checkpoint_v2()
    table.write(rows(40, 50))
    table.done()
    judge.right_or_refused("a v2 checkpoint", dicts(range(50)), "SELECT * FROM delta_scan(uri => '%s')" % root)
    judge.right_or_refused("a v2 checkpoint, its version", dicts(range(40)), "SELECT * FROM delta_scan(uri => '%s', version => 3)" % root)
    judge.refused("a version before the log begins", "", "SELECT * FROM delta_scan(uri => '%s', version => 1)" % root)
    for sidecar in (root / "_delta_log" / "_sidecars").iterdir():
        sidecar.unlink()
    judge.refused("a v2 checkpoint without its sidecar", "", "SELECT * FROM delta_scan(uri => '%s')" % root)

    root = folder / "ntz"
    table = Table(root, [{**LONG, "name": "at", "type": "timestamp_ntz"}, {**LONG, "name": "zoned", "type": "timestamp"}], reader=["timestampNtz"])
    time = datetime.datetime(2026, 3, 29, 2, 30, 0, 123456)
    zoned = time.replace(tzinfo=datetime.timezone.utc)
    table.write(pyarrow.table({"at": pyarrow.array([time], pyarrow.timestamp("us")), "zoned": pyarrow.array([zoned], pyarrow.timestamp("us", "UTC"))}))
    table.done()
    kinds = "SELECT arrow_typeof(at) AS a, arrow_typeof(zoned) AS z, CAST(at AS VARCHAR) AS t FROM delta_scan(uri => '%s')" % root
    there = [{"a": "Timestamp(µs)", "z": 'Timestamp(µs, "UTC")', "t": "2026-03-29T02:30:00.123456"}]
    judge.right_or_refused("times without a zone", there, kinds)

    root = folder / "tracked"
    features = ["rowTracking", "domainMetadata"]
    table = Table(root, [LONG, TEXT], writer=features, configuration={"delta.enableRowTracking": "true"})
    table.protocol.update({"minReaderVersion": 1})
    table.protocol.pop("readerFeatures")
    table.write(rows(0, 10), baseRowId=0, defaultRowCommitVersion=0)
    table.commit.append({"domainMetadata": {"domain": "delta.rowTracking", "configuration": '{"rowIdHighWaterMark":9}', "removed": False}})
    table.done()
    judge.right_or_refused("row tracking", dicts(range(10)), "SELECT * FROM delta_scan(uri => '%s')" % root)
    judge.refused("a write to a table with row tracking", "", "CREATE EXTERNAL TABLE t STORED AS DELTATABLE LOCATION '%s'" % root, "INSERT INTO t VALUES (11, 'x')")
    judge.right_or_refused("row tracking after a refused write", dicts(range(10)), "SELECT * FROM delta_scan(uri => '%s')" % root)

    for feature in ["soundsGood", "typeWidening", "variantType", "catalogManaged"]:
        root = folder / ("unknown_" + feature)
        table = Table(root, [LONG, TEXT], reader=[feature])
        if feature == "typeWidening":
            # A file from when the column was narrower.
            narrow = pyarrow.table({"id": pyarrow.array([1, 2], pyarrow.int32()), "name": ["n1", "n2"]})
            table.write(narrow)
        table.write(rows(5, 8))
        table.done()
        there = dicts(([1, 2] if feature == "typeWidening" else []) + [5, 6, 7])
        if feature == "soundsGood":
            judge.refused("the feature " + feature, feature, "SELECT * FROM delta_scan(uri => '%s')" % root)
        else:
            judge.right_or_refused("the feature " + feature, there, "SELECT * FROM delta_scan(uri => '%s')" % root)

    for feature, more in [("appendOnly", {"delta.appendOnly": "true"}), ("identityColumns", {}), ("generatedColumns", {})]:
        root = folder / ("writes_" + feature)
        schema = [LONG, TEXT]
        if feature == "identityColumns":
            schema = [{**LONG, "metadata": {"delta.identity.start": 1, "delta.identity.step": 1, "delta.identity.allowExplicitInsert": False}}, TEXT]
        if feature == "generatedColumns":
            schema = [LONG, {**LONG, "name": "name", "metadata": {"delta.generationExpression": "id * 2"}}]
        table = Table(root, schema, writer=[feature], configuration=more)
        table.protocol.update({"minReaderVersion": 1})
        table.protocol.pop("readerFeatures")
        table.write(rows(0, 4) if feature != "generatedColumns" else pyarrow.table({"id": pyarrow.array([1, 2], pyarrow.int64()), "name": pyarrow.array([2, 4], pyarrow.int64())}))
        table.done()
        open_it = "CREATE EXTERNAL TABLE t STORED AS DELTATABLE LOCATION '%s'" % root
        if feature == "appendOnly":
            judge.refused("a delete where rows are only appended", "", open_it, "DELETE FROM t WHERE id = 1")
            judge.refused("an overwrite where rows are only appended", "", open_it, "INSERT OVERWRITE t VALUES (1, 'x')")
        elif feature == "identityColumns":
            judge.refused("an identity that is given", "", open_it, "INSERT INTO t VALUES (11, 'x')")
        else:
            judge.refused("a generated value that is wrong", "", open_it, "INSERT INTO t VALUES (3, 7)")

    root = folder / "empty"
    table = Table(root, [LONG, TEXT])
    for i in range(2):
        table.write(rows(10 * i, 10 * i + 10))
        table.done()
    for what, damaged in [("an empty commit", ""), ("a commit that is cut off", '{"commitInfo":{}}\n{"add":{"pa'), ("a commit that is no JSON", "{}}")]:
        (root / "_delta_log" / ("%020d.json" % 1)).write_text(damaged)
        judge.refused(what, "", "SELECT * FROM delta_scan(uri => '%s')" % root)
        judge.same("the version before " + what, judge.sql("SELECT * FROM delta_scan(uri => '%s', version => 0)" % root), dicts(range(10)))
    (root / "_delta_log" / ("%020d.json" % 0)).unlink()
    judge.refused("a log without its beginning", "", "SELECT * FROM delta_scan(uri => '%s')" % root)

    root = folder / "in_commit"
    table = Table(root, [LONG, TEXT], writer=["inCommitTimestamp"], configuration={"delta.enableInCommitTimestamps": "true"})
    table.protocol.update({"minReaderVersion": 1})
    table.protocol.pop("readerFeatures")
    for i in range(3):
        table.write(rows(10 * i, 10 * i + 10))
        table.done(inCommitTimestamp=1600000000000 + 60_000 * i)
        # What the disk says is the other way round.
        log = root / "_delta_log" / ("%020d.json" % i)
        os.utime(log, (1700000000 - i, 1700000000 - i))
    for i in range(3):
        at = datetime.datetime.fromtimestamp(1600000000 + 60 * i + 30, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        judge.same("times that commits say", judge.sql("SELECT * FROM delta_scan(uri => '%s', timestamp => '%s')" % (root, at)), dicts(range(10 * i + 10)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default="target/release/codeanatomy")
    parser.add_argument("--verbose", action="store_true", help="print the errors that must come")
    arguments = parser.parse_args()
    judge = Judge(str(Path(arguments.binary).absolute()), arguments.verbose)
    with tempfile.TemporaryDirectory() as folder:
        for part in [vectors, changes, mapped, formats]:
            part(judge, Path(folder))
    judge.end()


if __name__ == "__main__":
    main()

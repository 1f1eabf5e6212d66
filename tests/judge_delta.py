#!/usr/bin/env python3
"""Compares Delta tables with the Python package `deltalake`: what one writes, the other reads.

    python3 -m pip install deltalake pyarrow
    python3 tests/judge_delta.py [--binary PATH]

Tables that are written there (partitioned, several versions, deletes with and without deletion vectors, column mapping, change
feed on) must give the same rows and change rows here; tables that are written here must give the same rows there, with our
metadata in their history. What that package cannot write, or refuses, is said and counts as nothing.
"""

import argparse
import collections
import datetime
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow
from deltalake import DeltaTable, QueryBuilder, write_deltalake


class Judge:
    def __init__(self, binary, verbose=False):
        self.binary, self.verbose = binary, verbose
        self.wrong, self.right, self.skipped = [], 0, []

    def sql(self, *statements):
        """The rows of the last statement."""
        command = [self.binary, "-q", "--format", "json", "--maxrows", "inf"]
        for statement in statements:
            command += ["-c", statement]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        text = done.stdout.strip()
        # Every statement writes an array of its own; the last one counts.
        decoder, place, last = json.JSONDecoder(), 0, []
        while place < len(text):
            last, place = decoder.raw_decode(text, place)
            while place < len(text) and text[place].isspace():
                place += 1
        return last

    def same(self, what, here, there):
        key = lambda rows: collections.Counter(json.dumps(plain(row), sort_keys=True) for row in rows)
        a, b = key(here), key(there)
        if a == b:
            self.right += 1
        else:
            self.wrong.append("%s: only here %s; only there %s" % (what, list((a - b))[:3], list((b - a))[:3]))

    def right_or_refused(self, what, there, *statements):
        """An error is no wrong row; it is said."""
        try:
            here = self.sql(*statements)
        except RuntimeError as error:
            self.skipped.append("%s: refused: %s" % (what, error))
        else:
            self.same(what, here, there)

    def refused(self, what, message, *statements):
        try:
            rows = self.sql(*statements)
        except RuntimeError as error:
            if message in str(error):
                self.right += 1
            else:
                self.wrong.append("%s: the error is '%s'" % (what, error))
            if self.verbose:
                print("error: %s: %s" % (what, error))
        else:
            self.wrong.append("%s: gave %d rows" % (what, len(rows)))

    def end(self):
        for skipped in self.skipped:
            print("skipped: " + skipped)
        for wrong in self.wrong:
            print("differs: " + wrong)
        print("%d comparisons agree, %d differ" % (self.right, len(self.wrong)))
        sys.exit(1 if self.wrong else 0)


def plain(row):
    """A row without nulls, which JSON output leaves out, and with times as text."""
    def value(v):
        if isinstance(v, (datetime.date, datetime.datetime)):
            return v.isoformat()
        if isinstance(v, float) and v.is_integer():
            return int(v)
        return v
    return {k: value(v) for k, v in row.items() if v is not None}


def rows_of(table):
    """By the package's own engine: its reader for PyArrow gives nulls for mapped columns, and says nothing."""
    return pyarrow.table(QueryBuilder().register("t", table).execute("SELECT * FROM t").read_all()).to_pylist()


def numbers(first, last):
    ids = list(range(first, last))
    return pyarrow.table(
        {
            "id": pyarrow.array(ids, pyarrow.int64()),
            "name": pyarrow.array([None if i % 7 == 0 else "n%d" % i for i in ids], pyarrow.string()),
            "kind": pyarrow.array([None if i % 11 == 0 else "k%d" % (i % 3) for i in ids], pyarrow.string()),
            "part": pyarrow.array([i % 4 for i in ids], pyarrow.int32()),
            "share": pyarrow.array([i / 4 for i in ids], pyarrow.float64()),
            "day": pyarrow.array([datetime.date(2026, 1, 1 + i % 28) for i in ids], pyarrow.date32()),
            "flag": pyarrow.array([i % 2 == 0 for i in ids], pyarrow.bool_()),
        }
    )


def scan(judge, what, uri, version=None):
    table = DeltaTable(uri, version=version)
    pin = "" if version is None else ", version => %d" % version
    for filter in ["", " WHERE id > 20", " WHERE part = 2 AND name IS NOT NULL", " WHERE kind IS NULL"]:
        here = judge.sql("SELECT * FROM delta_scan(uri => '%s'%s)%s" % (uri, pin, filter))
        there = [r for r in rows_of(table) if keeps(filter, r)]
        judge.same("%s%s%s" % (what, pin, filter), here, there)


def keeps(filter, row):
    return {
        "": True,
        " WHERE id > 20": row["id"] > 20,
        " WHERE part = 2 AND name IS NOT NULL": row["part"] == 2 and row["name"] is not None,
        " WHERE kind IS NULL": row["kind"] is None,
    }[filter]


def written_there(judge, folder):
    for partition in [None, ["part"], ["kind", "part"]]:
        uri = str(folder / ("plain" + "_".join(partition or [])))
        write_deltalake(uri, numbers(0, 40), partition_by=partition)
        write_deltalake(uri, numbers(40, 80), mode="append")
        DeltaTable(uri).delete("id % 3 = 0")
        DeltaTable(uri).update(updates={"name": "'changed'"}, predicate="id > 60")
        write_deltalake(uri, numbers(100, 110), mode="overwrite")
        write_deltalake(uri, numbers(200, 220), mode="append")
        for version in [None, 0, 1, 2, 3, 4, 5]:
            scan(judge, "partitioned by %s" % partition, uri, version)
        history = judge.sql("SELECT version, operation FROM delta_history(uri => '%s')" % uri)
        there = [{"version": h["version"], "operation": h["operation"]} for h in DeltaTable(uri).history()]
        judge.same("history of %s" % uri, history, there)
        files = judge.sql("SELECT path FROM delta_files(uri => '%s')" % uri)
        judge.same("files of %s" % uri, files, [{"path": p} for p in DeltaTable(uri).files()] if hasattr(DeltaTable(uri), "files") else files)

    uri = str(folder / "changes")
    write_deltalake(uri, numbers(0, 20), configuration={"delta.enableChangeDataFeed": "true"})
    write_deltalake(uri, numbers(20, 30), mode="append")
    DeltaTable(uri).update(updates={"share": "share + 1"}, predicate="part = 1")
    DeltaTable(uri).delete("id < 5")
    source = numbers(25, 35)
    DeltaTable(uri).merge(source, "t.id = s.id", source_alias="s", target_alias="t").when_matched_update_all().when_not_matched_insert_all().execute()
    for first, last in [(0, 4), (0, 0), (2, 3), (4, 4), (1, 2)]:
        sql = "SELECT * EXCEPT (_commit_timestamp) FROM delta_changes(uri => '%s', from_version => %d, to_version => %d)"
        feed = pyarrow.table(DeltaTable(uri).load_cdf(starting_version=first, ending_version=last).read_all()).to_pylist()
        for row in feed:
            row.pop("_commit_timestamp")
        judge.same("changes %d to %d" % (first, last), judge.sql(sql % (uri, first, last)), feed)

    uri = str(folder / "vectors")
    try:
        write_deltalake(uri, numbers(0, 50), configuration={"delta.enableDeletionVectors": "true"})
        DeltaTable(uri).delete("id % 5 = 0")
        DeltaTable(uri).delete("id = 7")
    except Exception as error:  # noqa: BLE001
        judge.skipped.append("deletion vectors: %s" % str(error).splitlines()[0])
    else:
        used = judge.sql("SELECT sum(deleted) AS n FROM delta_files(uri => '%s')" % uri)
        if not used[0].get("n"):
            judge.skipped.append("deletion vectors: the package writes files anew")
        for version in [None, 0, 1]:
            scan(judge, "deletion vectors", uri, version)

    for mode in ["name", "id"]:
        uri = str(folder / ("mapping_" + mode))
        try:
            write_deltalake(uri, numbers(0, 30), configuration={"delta.columnMapping.mode": mode}, partition_by=["part"])
            write_deltalake(uri, numbers(30, 40), mode="append")
            there = rows_of(DeltaTable(uri))
        except Exception as error:  # noqa: BLE001
            judge.skipped.append("column mapping by %s: %s" % (mode, str(error).splitlines()[0]))
            continue
        judge.same("column mapping by " + mode, judge.sql("SELECT * FROM delta_scan(uri => '%s')" % uri), there)
        judge.refused("changes of mapped columns", "olumn", "SELECT * FROM delta_changes(uri => '%s')" % uri)

    uri = str(folder / "checked")
    write_deltalake(uri, numbers(1, 5))
    DeltaTable(uri).alter.add_constraint({"small": "id < 100"})
    before = DeltaTable(uri).version()
    external = "CREATE EXTERNAL TABLE t STORED AS DELTATABLE LOCATION '%s'" % uri
    judge.refused("a constraint", "small (id < 100) does not hold in 2 rows", external,
                  "INSERT INTO t(id) VALUES (50), (100), (101)")
    judge.same("no version for refused rows", [{"v": DeltaTable(uri).version()}], [{"v": before}])


def written_here(judge, folder):
    uri = str(folder / "ours")
    external = "CREATE EXTERNAL TABLE t STORED AS DELTATABLE LOCATION '%s'" % uri
    source = str(folder / "source")
    write_deltalake(source, numbers(0, 60))
    judge.sql("COPY (SELECT * FROM delta_scan(uri => '%s')) TO '%s' STORED AS DELTATABLE PARTITIONED BY (part)" % (source, uri))
    judge.same("copied", rows_of(DeltaTable(uri)), numbers(0, 60).to_pylist())
    judge.sql(external, "INSERT INTO t(id, name, kind, share, day, flag, part) SELECT id + 100, name, kind, share, day, flag, part FROM delta_scan(uri => '%s') WHERE id < 10" % source)
    judge.sql(external, "UPDATE t SET name = stable_id('n', name) WHERE id >= 100")
    judge.sql(external, "DELETE FROM t WHERE part = 3")
    judge.sql(external, "MERGE INTO t USING (SELECT id, share FROM delta_scan(uri => '%s') WHERE id < 20) AS s ON t.id = s.id "
              "WHEN MATCHED THEN UPDATE SET share = s.share + 0.5 WHEN NOT MATCHED THEN INSERT (id, share) VALUES (s.id, s.share)" % source)
    for version in range(5):
        here = judge.sql("SELECT * FROM delta_scan(uri => '%s', version => %d)" % (uri, version))
        judge.same("written here, version %d" % version, here, rows_of(DeltaTable(uri, version=version)))
    for commit in DeltaTable(uri).history():
        for key in ["codeanatomy.version", "codeanatomy.settings"]:
            judge.same("%s of version %s" % (key, commit["version"]), [{"there": key in commit}], [{"there": True}])

    sources = folder / "src"
    sources.mkdir()
    graph = folder / "graph"
    for i in range(3):
        (sources / ("m%d.py" % i)).write_text("import os\n\ndef f%d(x):\n    return os.fspath(x)\n" % i)
        subprocess.run([judge.binary, "build", str(sources), "--out", str(graph), "-q", "--format", "delta"], check=True, capture_output=True)
    plain_graph = folder / "plain_graph"
    subprocess.run([judge.binary, "build", str(sources), "--out", str(plain_graph), "-q"], check=True, capture_output=True)
    log = json.loads((graph / "CURRENT").read_text())
    for table, version in log["versions"][-1]["tables"].items():
        there = rows_of(DeltaTable(str(graph / "tables" / table), version=version))
        command = [judge.binary, "-q", "--format", "json", "--maxrows", "inf", "--graph"]
        for store in [graph, plain_graph]:
            done = subprocess.run(command + [str(store), "-c", "SELECT * FROM %s" % table], capture_output=True, text=True, check=True)
            judge.same("graph table %s in %s" % (table, store.name), json.loads(done.stdout or "[]"), there)
        commit = DeltaTable(str(graph / "tables" / table)).history()[0]
        judge.same("source of " + table, [{"there": "codeanatomy.source" in commit}], [{"there": True}])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default="target/release/codeanatomy")
    arguments = parser.parse_args()
    judge = Judge(str(Path(arguments.binary).absolute()))
    with tempfile.TemporaryDirectory() as folder:
        written_there(judge, Path(folder))
        written_here(judge, Path(folder))
    judge.end()


if __name__ == "__main__":
    main()

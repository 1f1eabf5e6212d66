#!/usr/bin/env python3
"""What datasets cost, step by step, beside CPython's own modules, tree-sitter's binding and DuckDB, measured in one run.

    python3 benches/extraction.py [--repeats N] [--check] [--json] [--peers PYTHON] [--binary PATH] [--extract COMMAND]
        [--cached COMMAND] [SOURCE]

The Python files of SOURCE (default: the interpreter's own standard library) are copied to a folder of their own, as in
`run.py`. All take turns, N times; the least CPU of each is compared. CPU is that of the whole process for ours; for a peer, of
the measured work alone, without the start of its interpreter and without reading files. The steps that make all columns of datasets
are one pass over the files, without SQL; the others are SQL.

`--peers` names an interpreter that has `tree_sitter` and `tree_sitter_python` (their tree is walked by a cursor), and `duckdb`
(it answers the same SQL over the same Parquet file). What is not there is not measured. `--check` exits with 1 if a bound is
exceeded.
"""

import argparse
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile

from run import copy_files, measure, target_folder

# Peers that get every N-th file only.
EVERY = {"ast.walk": 4, "tokenize": 10, "symtable": 5, "tree_sitter": 10}
# Each is a body that goes over `texts`; `trees` are there as well.
PEERS = {
    "ast.parse": "for text in texts: parse(text)",
    "ast.walk": "for tree in trees: collections.deque(ast.walk(tree), maxlen=0)",
    "tokenize": "for text in texts: tokens(text)",
    "symtable": "for text in texts: symbols(text)",
}
PEER = """
import ast, collections, io, pathlib, symtable, sys, time, tokenize, warnings
warnings.simplefilter("ignore")
sys.setrecursionlimit(20_000)
texts = [path.read_bytes() for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py"))]
size = sum(map(len, texts))
texts = texts[::EVERY]
share = sum(map(len, texts)) / size
BROKEN = (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError, UnicodeDecodeError)
def guarded(work):
    def run(text):
        try:
            return work(text)
        except BROKEN:
            return None
    return run
parse = guarded(ast.parse)
tokens = guarded(lambda text: collections.deque(tokenize.tokenize(io.BytesIO(text).readline), maxlen=0))
def tables(text):
    open = [symtable.symtable(text, "text", "exec")]
    while open:
        table = open.pop()
        table.get_symbols()
        open.extend(table.get_children())
symbols = guarded(tables)
trees = [tree for tree in map(parse, texts) if tree] if WALKS else []
started = time.process_time(), time.perf_counter()
BODY
print((time.process_time() - started[0]) / share, (time.perf_counter() - started[1]) / share)
"""
TREE_SITTER = """
import pathlib, sys, time, tree_sitter, tree_sitter_python
texts = [path.read_bytes() for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py"))]
size = sum(map(len, texts))
texts = texts[::EVERY]
share = sum(map(len, texts)) / size
parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language()))
def walk(text):
    cursor = parser.parse(text).walk()
    while True:
        cursor.node.type
        if cursor.goto_first_child() or cursor.goto_next_sibling():
            continue
        while cursor.goto_parent():
            if cursor.goto_next_sibling():
                break
        else:
            return
started = time.process_time(), time.perf_counter()
for text in texts:
    walk(text)
print((time.process_time() - started[0]) / share, (time.perf_counter() - started[1]) / share)
"""
DUCKDB = """
import duckdb, sys, time
duckdb.sql("SET threads = 1")
duckdb.sql("SET enable_progress_bar = false")
duckdb.sql("SELECT 1").fetchall()
started = time.process_time(), time.perf_counter()
rows = duckdb.sql(sys.argv[1]).fetchall()
print(time.process_time() - started[0], time.perf_counter() - started[1])
print(*rows[0])
"""
SYNTAX = ["ast_nodes", "tokens", "comments", "docstrings", "parse_errors"]
NAMES = [
    "definitions", "parameters", "decorators", "references", "imports", "calls", "call_arguments", "assignments",
    "type_annotations", "base_classes", "exports", "scopes", "symbols", "bindings",
]  # fmt: skip
ONE_PASS = {
    "ast_nodes": ["ast_nodes"],
    "definitions": ["definitions"],
    "all syntax": SYNTAX,
    "all names": NAMES,
    "everything": ["files", "lines", *SYNTAX, *NAMES, "def_use"],
}
# The most CPU of a step as a ratio to `ast.parse`.
BOUNDS = {
    "ast_nodes": 0.15,
    "definitions": 0.10,
    "everything": 0.5,
    "everything, cached": 0.10,
    "everything, cached, in SQL": 0.10,
    "definitions, cached": 0.03,
}
# What a table of nodes of another parser had that took 9.3 bytes a row as plain columns, as far as its report says, and the key of ours.
PLAIN_COLUMNS = "path,node_id,parent_id,field,kind,name,bstart,bend,line"
# How many times as fast two threads are as one, at least.
SPEED_UP = 1.8
# The most CPU of a query over Parquet, as a ratio to DuckDB.
DUCKDB_BOUND = 0.5
INSIDE = "c.path = f.path AND c.node_id > f.node_id AND c.node_id < f.node_id + f.subtree_size"
FUNCTION = "f.kind IN ('FunctionDef', 'AsyncFunctionDef')"
# The function around is the one that begins last of those that contain the node.
QUERIES = {
    "who calls what": f"""
        SELECT count(*), sum(caller) FROM (
            SELECT c.path, c.node_id, max(f.node_id) AS caller FROM 'FILE' AS c JOIN 'FILE' AS f ON {INSIDE}
            WHERE c.kind = 'Call' AND {FUNCTION} GROUP BY c.path, c.node_id)""",
    "returns inside functions": f"""
        SELECT count(*), sum(c.node_id - f.node_id) FROM 'FILE' AS c JOIN 'FILE' AS f ON {INSIDE}
        WHERE c.kind = 'Return' AND {FUNCTION}""",
}


class Ours:
    """The binary, and what it knows."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        listed = self.run("SELECT dataset, name FROM dataset_columns() WHERE NOT (dataset = 'files' AND name = 'text')")
        self.columns = {}
        for row in json.loads(listed[3]):
            self.columns.setdefault(row["dataset"], []).append(row["name"])

    def run(self, *statements, threads=1, cores=None):
        os.environ["DATAFUSION_EXECUTION_TARGET_PARTITIONS"] = str(threads)
        there = os.sched_getaffinity(0)
        os.sched_setaffinity(0, sorted(there)[:cores])
        try:
            return measure([self.binary, "-q", "--format", "json", *(a for s in statements for a in ("-c", s))])
        finally:
            os.sched_setaffinity(0, there)

    def all_columns(self, dataset):
        """A query that needs every cell of a dataset."""
        greatest = ", ".join(f"max({column})" for column in self.columns[dataset])
        return f"SELECT {greatest} FROM {dataset}('{self.folder}')"

    def every_column(self, dataset):
        """A query for which every column of a dataset is made, and hardly anything else is done."""
        counts = ", ".join(f'count("{column}")' for column in self.columns[dataset])
        return f"SELECT {counts} FROM \"{dataset}\"('{self.folder}')"

    def steps(self):
        """The query of each step that is SQL."""
        return {
            "metadata only": f"SELECT count(path), sum(size) FROM files('{self.folder}')",
            "ast_nodes, count": f"SELECT count(*) FROM ast_nodes('{self.folder}')",
            "ast_nodes, calls": f"SELECT max(node_id), max(bstart) FROM ast_nodes('{self.folder}') WHERE kind = 'Call'",
            "ast_nodes in SQL": self.all_columns("ast_nodes"),
        }


def measure_peer(command):
    """CPU and wall seconds that a child took itself, its peak, and what else it printed."""
    *_, peak, output = measure(command)
    times, _, rest = output.partition("\n")
    cpu, wall = map(float, times.split())
    return cpu, wall, peak, rest.strip()


def has(interpreter, module):
    command = [interpreter, "-c", f"import {module}"]
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


def measurements(arguments, ours, folder, scratch):
    """A function for each name that measures it once, and the reasons of what cannot be measured."""
    found, missing = {}, {}
    for name, body in PEERS.items():
        program = PEER.replace("BODY", body).replace("WALKS", str(name == "ast.walk")).replace("EVERY", str(EVERY.get(name, 1)))
        found[name] = lambda program=program: measure_peer([sys.executable, "-c", program, str(folder)])
    if arguments.peers and has(arguments.peers, "tree_sitter, tree_sitter_python"):
        program = TREE_SITTER.replace("EVERY", str(EVERY["tree_sitter"]))
        found["tree_sitter"] = lambda program=program: measure_peer([arguments.peers, "-c", program, str(folder)])
    else:
        missing["tree_sitter"] = "--peers names no interpreter that has it"
    steps = ours.steps()
    for name, statement in steps.items():
        found[name] = lambda statement=statement: ours.run(statement)
    filled = ["SET codeanatomy.cache_dir = '%s'" % (scratch / "sql_cache"), *map(ours.every_column, ONE_PASS["everything"])]
    ours.run(*filled)
    ours.run(*filled)
    found["everything, cached, in SQL"] = lambda: ours.run(*filled)
    # One partition is read in one thread and aggregated in another, at the same time: on one core these take turns.
    found["ast_nodes in SQL, 1 core"] = lambda: ours.run(steps["ast_nodes in SQL"], cores=1)
    found["ast_nodes in SQL, 2 threads"] = lambda: ours.run(steps["ast_nodes in SQL"], threads=2)
    extract, cached = shlex.split(arguments.extract), shlex.split(arguments.cached)
    for name, datasets in ONE_PASS.items():
        if shutil.which(extract[0]):
            found[name] = lambda datasets=datasets: measure([*extract, str(folder), ",".join(datasets)])
        else:
            missing[name] = f"there is no {extract[0]}"
    for name in ("everything", "definitions"):
        if shutil.which(cached[0]):
            again = [*cached, str(folder), str(scratch / "cache"), ",".join(ONE_PASS[name])]
            # Twice: files that were written just now are hashed once more.
            measure(again)
            measure(again)
            found[f"{name}, cached"] = lambda again=again: measure(again)
        else:
            missing[f"{name}, cached"] = f"there is no {cached[0]}"
    export = [arguments.binary, "export", str(folder), "--dataset", "ast_nodes", "--format", "json", "--level", "19", "--out"]
    found["export of ast_nodes"] = lambda: measure([*export, str(scratch)])
    found["export of some columns"] = lambda: measure([*export, str(scratch / "some"), "--columns", PLAIN_COLUMNS])
    clustered = scratch / "clustered"
    measure([*export, str(clustered), "--cluster", "kind"])
    found["start"] = lambda: ours.run("SELECT 1")
    for name, query in QUERIES.items():
        query = query.replace("FILE", str(clustered / "ast_nodes.parquet"))
        found[name] = lambda query=query: ours.run(query)
        if arguments.peers and has(arguments.peers, "duckdb"):
            found[f"{name}, DuckDB"] = lambda query=query: measure_peer([arguments.peers, "-c", DUCKDB, query])
        else:
            missing[f"{name}, DuckDB"] = "--peers names no interpreter that has it"
    return found, missing


def row(name, runs, least):
    """The figures of a measurement beside what it is compared with."""
    cpu, wall, *_ = min(run[:2] for run in runs)
    of, bound, value = "ast.parse", BOUNDS.get(name), cpu / least["ast.parse"]
    if name in QUERIES and f"{name}, DuckDB" in least:
        of, bound = "DuckDB", DUCKDB_BOUND
        # DuckDB is loaded before its clock starts.
        value = max(cpu - least["start"], 0) / least[f"{name}, DuckDB"]
    within = bound is None or value <= bound
    return {"name": name, "cpu_seconds": cpu, "wall_seconds": min(run[1] for run in runs), "ratio": value, "ratio_to": of,
            "bound": bound, "peak_bytes": max(run[2] for run in runs), "within_bounds": within}  # fmt: skip


def answers(runs):
    """What the queries over Parquet gave here and there, which must be the same."""
    for name in QUERIES:
        if f"{name}, DuckDB" in runs:
            [ours] = json.loads(runs[name][0][3])
            theirs = runs[f"{name}, DuckDB"][0][3].split()
            if [str(value) for value in ours.values()] != theirs:
                sys.exit(f"{name}: {ours} here, {theirs} by DuckDB")


def print_table(report):
    print(f"{report['files']} files, {report['bytes'] / 1e6:.1f} MB, {report['repeats']} runs each; {report['python']}")
    print(f"{'':<34}{'CPU s':>8}{'wall s':>8}{'ratio':>8} {'to':<10}{'bound':>6}{'peak MB':>9}")
    for row in report["rows"]:
        every = f"  of every {EVERY[row['name']]}th file" if row["name"] in EVERY else ""
        print(
            f"{row['name']:<34}{row['cpu_seconds']:>8.3f}{row['wall_seconds']:>8.3f}{row['ratio']:>8.3f} "
            f"{row['ratio_to']:<10}{row['bound'] or '':>6}{row['peak_bytes'] / 1e6:>9.0f}"
            f"{every}{'' if row['within_bounds'] else '  EXCEEDED'}"
        )
    for name, (value, bound, within) in report["figures"].items():
        print(f"{name}: {value:.2f} (bound {bound}){'' if within else '  EXCEEDED'}")
    for name, reason in report["not_measured"].items():
        print(f"{name}: not measured, {reason}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", type=pathlib.Path, default=sysconfig.get_paths()["stdlib"])
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="runs of each (default: %(default)s)")
    parser.add_argument("--binary", default=str(target_folder() / "release" / "codeanatomy"), help="default: %(default)s")
    examples = target_folder() / "release" / "examples"
    for name, program, what in [
        ("--extract", "extract_all", "extracts datasets of the folder that follows, those named behind it"),
        ("--cached", "cached_all", "does the same with a cache in the folder that stands between"),
    ]:
        command = shlex.quote(str(examples / program))
        parser.add_argument(name, default=command, metavar="COMMAND", help=f"{what} (default: %(default)s)")
    parser.add_argument("--peers", metavar="PYTHON", help="an interpreter that has tree_sitter, tree_sitter_python and duckdb")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a bound is exceeded")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    arguments = parser.parse_args()
    if arguments.repeats < 1:
        parser.error("--repeats must be at least 1")
    if not shutil.which(arguments.binary):
        parser.error(f"there is no {arguments.binary}")
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        folder = scratch / "source"
        files, size = copy_files(arguments.source, folder)
        if not files:
            parser.error(f"there is no Python file in {arguments.source}")
        ours = Ours(arguments.binary, folder)
        found, missing = measurements(arguments, ours, folder, scratch)
        runs = {name: [] for name in found}
        for _ in range(arguments.repeats):
            for name, take in found.items():
                runs[name].append(take())
        answers(runs)
    least = {name: min(run[0] for run in of) for name, of in runs.items()}
    wall = {name: min(run[1] for run in of) for name, of in runs.items()}
    two = wall["ast_nodes in SQL, 2 threads"]
    of_partition, of_core = wall["ast_nodes in SQL"] / two, wall["ast_nodes in SQL, 1 core"] / two
    per_row = {name: json.loads(runs[name][0][3])[0]["bytes_per_row"] for name in ("export of ast_nodes", "export of some columns")}
    report = {
        "python": f"CPython {sys.version.split()[0]}",
        "files": files,
        "bytes": size,
        "repeats": arguments.repeats,
        "rows": [row(name, of, least) for name, of in runs.items()],
        "figures": {
            "two partitions, times as fast as one": (of_partition, SPEED_UP, of_partition >= SPEED_UP),
            "two cores, times as fast as one": (of_core, SPEED_UP, of_core >= SPEED_UP),
            "ast_nodes as Parquet, bytes a row": (per_row["export of ast_nodes"], 4, per_row["export of ast_nodes"] <= 4),
            "columns of the plain layout, bytes a row": (
                per_row["export of some columns"], 4, per_row["export of some columns"] <= 4
            ),
        },
        "not_measured": missing,
    }
    if arguments.json:
        print(json.dumps(report, indent=2))
    else:
        print_table(report)
    within = [row["within_bounds"] for row in report["rows"]] + [within for *_, within in report["figures"].values()]
    if arguments.check and not all(within):
        sys.exit(1)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Compares `call_graph` with the exact call graphs of PyCG's micro-benchmark, or of programs in the same form.

    python3 tests/judge_pycg.py [--binary PATH] [--show] [--write] [FOLDER]

FOLDER has the programs, `CATEGORY/CASE/` with Python files and `callgraph.json`: an object from the dotted name of each
caller to the list of those that it calls. The benchmark is not part of this repository (github.com/vitsalis/PyCG,
micro-benchmark/snippets, Apache-2.0); without FOLDER, the environment's PYCG names it, and without both this is skipped.

Of each case it says whether all expected edges were found (sound), no others were (complete), both, or neither, and
compares that with `tests/pycg_results.txt`, which `--write` writes anew. The exit code is 1 if a case is worse than there.
`--show` lists the edges that differ. What differs for a known reason:

- `eval` runs a text that is not analysed, and the expected graph has caller and callee the wrong way round.
- Methods of builtin types (`'<**PyStr**>.join'`) are no edges of `call_graph`; `resolved_calls` says `builtin_method`.
- A class in a folder that is itself a package is named with the package (`relative_import_with_name`).
- Some expected edges are no calls that happen: of a decorated function that only the decorator's closure calls
  (`nested_decorators`), of a default that every call overrides (`chained_call`), of a method that the class of the only
  instance overrides (`self_assignment`).
"""

import argparse
import csv
import io
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
RESULTS = HERE / "pycg_results.txt"
RANK = {"neither": 0, "sound": 1, "complete": 1, "both": 2}
QUERY = "SELECT DISTINCT caller, callee FROM call_graph ORDER BY caller, callee"


def found(binary, case):
    command = [binary, "-q", "--format", "csv", "--source", str(case), "-c", QUERY]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {(row["caller"], row["callee"]) for row in csv.DictReader(io.StringIO(answer))}


def expected(case):
    graph = json.loads((case / "callgraph.json").read_text())
    return {(caller, callee) for caller, callees in graph.items() for callee in callees}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(HERE.parent / "target/release/codeanatomy"))
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("folder", nargs="?", default=os.environ.get("PYCG"))
    options = parser.parse_args()
    if not options.folder:
        print("skipped: PYCG does not name the folder of the micro-benchmark")
        return 0
    root = pathlib.Path(options.folder)
    results, right, wrong, missing = {}, 0, 0, 0
    for graph in sorted(root.glob("*/*/callgraph.json")):
        case = graph.parent
        name = str(case.relative_to(root))
        want, got = expected(case), found(options.binary, case)
        sound, complete = want <= got, got <= want
        results[name] = {(1, 1): "both", (1, 0): "sound", (0, 1): "complete", (0, 0): "neither"}[sound, complete]
        right, wrong, missing = right + len(want & got), wrong + len(got - want), missing + len(want - got)
        if options.show:
            for label, edges in (("missing", want - got), ("wrong", got - want)):
                for caller, callee in sorted(edges):
                    print(f"{name}: {label} {caller} -> {callee}")
    if not results:
        print(f"{root} has no CATEGORY/CASE/callgraph.json", file=sys.stderr)
        return 1
    count = lambda *kinds: sum(result in kinds for result in results.values())
    summary = (
        f"{len(results)} cases: {count('both')} exact, {count('both', 'sound')} sound, {count('both', 'complete')} complete; "
        f"precision {right / max(right + wrong, 1):.4f}, recall {right / max(right + missing, 1):.4f}"
    )
    print(summary)
    if options.write:
        lines = [f"{result:9}{name}" for name, result in sorted(results.items())]
        RESULTS.write_text("\n".join([f"# {summary}", *lines]) + "\n")
        return 0
    before = dict(line.split()[::-1] for line in RESULTS.read_text().splitlines() if not line.startswith("#"))
    worse = [n for n, r in results.items() if RANK[r] < RANK[before.get(n, "neither")]]
    for name in worse:
        print(f"worse than before: {name} was {before[name]}, is {results[name]}")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())

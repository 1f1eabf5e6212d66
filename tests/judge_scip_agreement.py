#!/usr/bin/env python3
"""Compares where names lead by our rules with where a SCIP index says that they lead.

    python3 tests/judge_scip_agreement.py [--binary PATH] [--show] [--least 0.97] INDEX=FOLDER…

Of each index, made by `scip-python index .` in FOLDER, the references are taken whose symbol is defined in FOLDER: what SCIP
resolves inside the package. Of each the definition is looked up without SCIP: names by `symbols`, `bindings` and
`resolved_imports`, attributes by `resolved_references`, keywords by `resolved_calls` and `parameters`. The two agree if one
place is among the definitions of both; a module is the beginning of its file. `--show` lists what differs. The exit code is 1 if a
share is less than `--least`.
"""

import argparse
import collections
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


class Source:
    """The datasets of a folder."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.texts = {}

    def rows(self, sql):
        command = [self.binary, "-q", "--format", "nd-json", "--maxrows", "inf", "--source", str(self.folder), "-c", sql]
        answer = subprocess.run(command, capture_output=True, text=True)
        if answer.returncode:
            sys.exit(f"{sql}\n{answer.stderr}")
        return [json.loads(line) for line in answer.stdout.splitlines() if line.startswith("{")]

    def text(self, path):
        if path not in self.texts:
            self.texts[path] = (self.folder / path).read_bytes()
        return self.texts[path]


def of_scip(source):
    """The definitions of each symbol, and the references to symbols that have one."""
    sql = "SELECT path, symbol, is_local, is_definition, bstart, bend FROM scip_occurrences(source => '{}', {}) WHERE symbol IS NOT NULL"
    rows = source.rows(sql.format(source.folder, "position_encoding => 'utf32'"))
    definitions, references = collections.defaultdict(set), []
    for row in rows:
        symbol = (row["path"] if row["is_local"] else None, row["symbol"])
        place = (row["path"], row.get("bstart"), row.get("bend"))
        if row["is_definition"]:
            start = 0 if row["symbol"].endswith("__init__:") else row.get("bstart")
            definitions[symbol].add((row["path"], start))
        else:
            references.append((symbol, place))
    return definitions, [(s, p) for s, p in references if s in definitions and p[1] is not None and p[1] != p[2]]


def of_rules(source):
    """What each name, by its span, leads to: places."""
    found = collections.defaultdict(set)
    defs = {r["def_id"]: (r["path"], r["name_bstart"]) for r in source.rows("SELECT def_id, path, name_bstart FROM definitions")}
    sites = collections.defaultdict(set)
    for r in source.rows("SELECT binding_id, path, bstart FROM bindings"):
        sites[r["binding_id"]].add((r["path"], r["bstart"]))
    named = source.rows(
        'SELECT r.path, r.bstart, r.bend, r.context, s.binding_id FROM "references" r JOIN symbols s ON s.path = r.path AND s.symbol_id = r.symbol_id'
    )
    for r in named:
        if r["context"] == "store" and r.get("binding_id"):
            sites[r["binding_id"]].add((r["path"], r["bstart"]))
    for r in source.rows("SELECT binding_id, path, name_bstart FROM definitions WHERE binding_id IS NOT NULL"):
        sites[r["binding_id"]].add((r["path"], r["name_bstart"]))
    imported = collections.defaultdict(set)
    imports = source.rows(
        "SELECT i.path, i.binding_id, i.bstart, i.bend, i.kind, i.asname, i.name, i.statement_bstart, t.target_kind, t.target_path, "
        "t.target_def_id, t.target_binding_id, t.bound_module, t.absolute_module, t.seq, t.is_star "
        "FROM resolved_imports t JOIN imports i ON i.import_id = t.import_id AND i.path = t.path"
    )
    modules = {r["module"]: r["path"] for r in source.rows("SELECT module, path FROM modules WHERE module IS NOT NULL AND NOT is_namespace")}
    for r in imports:
        place = None
        if r.get("target_def_id"):
            place = defs.get(r["target_def_id"])
        elif r.get("target_binding_id"):
            place = "binding", r["target_binding_id"]
        elif r["target_kind"] == "module":
            place = (r["target_path"], 0)
        text = source.text(r["path"])
        if r["seq"] == 0:
            statement = text[r["statement_bstart"] : r["bstart"]]
            head = re.match(rb"from\s+([.\w]+)\s+import", statement)
            if head and r.get("absolute_module") in modules:
                start, end = r["statement_bstart"] + head.start(1), r["statement_bstart"] + head.end(1)
                target = (modules[r["absolute_module"]], 0)
                dots = len(head.group(1)) - len(head.group(1).lstrip(b"."))
                found[r["path"], start, end].add(target)
                found[r["path"], start + dots, end].add(target)
            if r["kind"] == "import":
                written = re.match(rb"[.\w]+", text[r["bstart"] : r["bend"]]).group(0)
                if r["target_kind"] == "module":
                    found[r["path"], r["bstart"], r["bstart"] + len(written)].add((r["target_path"], 0))
                bound = modules.get(r.get("bound_module"))
                place = (bound, 0) if bound else place
        if place is None:
            continue
        places = sites[place[1]] if place[0] == "binding" else {place}
        if r["seq"] == 0 and r["kind"] == "from":
            name = len((r.get("name") or "").encode())
            found[r["path"], r["bstart"], r["bstart"] + name] |= places
            found[r["path"], r["bstart"], r["bend"]] |= places
            if r.get("asname"):
                found[r["path"], r["bend"] - len(r["asname"].encode()), r["bend"]] |= places
        if r.get("binding_id"):
            imported[r["binding_id"]] |= places
    for r in named:
        binding = r.get("binding_id")
        if binding:
            found[r["path"], r["bstart"], r["bend"]] |= sites[binding] | imported[binding]
    stars = source.rows("SELECT ref_id, binding_id FROM star_references")
    refs = {r["ref_id"]: r for r in source.rows('SELECT ref_id, path, bstart, bend FROM "references"')}
    for r in stars:
        ref = refs[r["ref_id"]]
        found[ref["path"], ref["bstart"], ref["bend"]] |= sites[r["binding_id"]] | imported[r["binding_id"]]
    attributes = source.rows(
        "SELECT r.path, r.bend, r.role, r.target_kind, r.target_id, a.name FROM resolved_references r "
        "JOIN ast_nodes a ON a.path = r.path AND a.node_id = r.node_id WHERE r.role IN ('read', 'write') AND a.kind = 'Attribute'"
    )
    span = lambda r: (r["path"], r["bend"] - len(r["name"].encode()), r["bend"])
    for r in attributes:
        if r["role"] == "write":
            sites[r["target_id"]].add(span(r)[:2])
    for r in attributes:
        target = r["target_id"]
        found[span(r)] |= {defs[target]} if target in defs else sites[target] | imported[target]
    # A submodule of a package is no attribute that something sets.
    chains = source.rows("SELECT path, bstart, bend, dotted FROM \"references\" WHERE strpos(dotted, '.') > 0 AND context = 'load'")
    bound = {(r["path"], r["bstart"]): r for r in named}
    by_binding = {r["binding_id"]: r["bound_module"] for r in imports if r.get("binding_id") and r.get("bound_module")}
    for r in chains:
        module = by_binding.get((bound.get((r["path"], r["bstart"])) or {}).get("binding_id"))
        end = r["bend"]
        for part in r["dotted"].split(".")[1:] if module else []:
            module, start, end = f"{module}.{part}", end + 1, end + 1 + len(part.encode())
            if module not in modules:
                break
            found[r["path"], start, end].add((modules[module], 0))
    parameters = {(r["def_id"], r["name"]): (r["path"], r["bstart"]) for r in source.rows("SELECT def_id, name, path, bstart FROM parameters WHERE def_id IS NOT NULL")}
    keywords = source.rows(
        "SELECT k.path, k.bstart, k.keyword, c.callee_id FROM call_arguments k JOIN resolved_calls c ON c.path = k.path AND c.node_id = k.call_node_id "
        "WHERE k.kind = 'keyword' AND c.callee_id IS NOT NULL"
    )
    for r in keywords:
        if (r["callee_id"], r["keyword"]) in parameters:
            found[r["path"], r["bstart"], r["bstart"] + len(r["keyword"].encode())].add(parameters[r["callee_id"], r["keyword"]])
    return found


def cause(source, place, ours):
    """The kind of a difference, by what stands there."""
    text, (path, start, end) = source.text(place[0]), place
    before, behind = text[max(start - 1, 0) : start], text[end : end + 2].strip()
    kind = "attribute" if before == b"." else "keyword" if behind[:1] == b"=" and behind[:2] != b"==" else "name"
    return f"{kind}, {'leads elsewhere' if ours else 'not resolved'}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(HERE.parent / "target/release/codeanatomy"))
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--least", type=float, default=0.97)
    parser.add_argument("index", nargs="+", metavar="INDEX=FOLDER")
    options = parser.parse_args()
    failed = False
    for pair in options.index:
        index, folder = pair.split("=")
        with tempfile.TemporaryDirectory() as work:
            root = pathlib.Path(work) / "source"
            shutil.copytree(folder, root)
            shutil.copy(index, root / "index.scip")
            source = Source(options.binary, root)
            definitions, references = of_scip(source)
            found = of_rules(source)
            causes, agree = collections.Counter(), 0
            for symbol, place in sorted(set(references), key=lambda r: (r[1], r[0][1])):
                ours = found.get(place, set())
                if ours & definitions[symbol]:
                    agree += 1
                    continue
                why = cause(source, place, ours)
                causes[why] += 1
                if options.show:
                    line = source.text(place[0])[: place[1]].count(b"\n") + 1
                    name = source.text(place[0])[place[1] : place[2]].decode()
                    print(f"{place[0]}:{line}: {name}: {why}: SCIP {symbol[1]} at {sorted(definitions[symbol])[:2]}, ours {sorted(ours)[:2]}")
            count = len(set(references))
            share = agree / max(count, 1)
            print(f"{pathlib.Path(folder).name or folder}: {count} references, {agree} agree ({share:.4f})")
            for why, number in causes.most_common():
                print(f"    {number:5} {why}")
            failed |= share < options.least
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

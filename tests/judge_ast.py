#!/usr/bin/env python3
"""Compares the dataset `ast_nodes` with the `ast` of the interpreter that runs this script.

    python3 tests/judge_ast.py [--binary PATH] [--sample N] [--show N] FOLDER…

Every file that `ast.parse` accepts is compared node by node: kind, parent, field and position in it, byte span, line and
columns, name, context, operators, and the number of nodes below. A node of `ast` without a row, a row without a node
and a file that we reject are differences. The exit code is 1 if there is one that is not documented here.

Documented differences, each counted under its name:

fstring     Before 3.12, positions inside f-strings are not those of the source: what is inside a `JoinedStr` is left out.
empty       3.12 keeps an empty `Constant` that stands in a format spec or between two replacement fields; 3.13 does not.
            Nor do we. The strings that hold one are left out.
alias       Before 3.10, an `alias` has no position.
"""

import argparse
import ast
import collections
import io
import pathlib
import sys
import tokenize
import warnings

import binary_rows

COLUMNS = (
    "path node_id parent_id depth subtree_size field field_index kind name value ctx bstart bend "
    "line col_utf8 end_line end_col_utf8"
).split()
COMPARED = [c for c in COLUMNS if c != "path"]
KIND, PLACE = COMPARED.index("kind"), COMPARED.index("bstart")
# The column `name` by class; other identifiers are not in it.
NAMES = {
    "FunctionDef": "name", "AsyncFunctionDef": "name", "ClassDef": "name", "Name": "id", "Attribute": "attr",
    "arg": "arg", "keyword": "arg", "alias": "name", "ImportFrom": "module", "ExceptHandler": "name",
    "MatchMapping": "rest", "MatchStar": "name", "MatchAs": "name", "TypeVar": "name", "ParamSpec": "name",
    "TypeVarTuple": "name",
}  # fmt: skip
HAS_OLD_FSTRINGS = sys.version_info < (3, 12)
HAS_ALIAS_PLACES = sys.version_info >= (3, 10)
KEEPS_EMPTY = sys.version_info[:2] == (3, 12)


def has_unusual_text(node):
    """Whether a string is one that this version of CPython places or keeps differently."""
    if HAS_OLD_FSTRINGS:
        return "fstring"
    if KEEPS_EMPTY:
        for inner in ast.walk(node):
            if isinstance(inner, ast.JoinedStr):
                if any(isinstance(v, ast.Constant) and v.value == "" for v in inner.values):
                    return "empty"
    return None


class Flattener:
    """The rows that `ast_nodes` should have, from a tree of `ast`."""

    def __init__(self, text):
        self.starts = [0]
        data = text.encode()
        for i, byte in enumerate(data):
            if byte == 10 or (byte == 13 and data[i + 1 : i + 2] != b"\n"):
                self.starts.append(i + 1)
        # `ast` counts no byte order mark as a column; offsets do.
        self.mark = 3 if data.startswith(b"\xef\xbb\xbf") else 0
        self.rows = []
        self.data = data
        self.unusual = collections.Counter()
        self.skipped = set()

    def offset(self, line, column):
        return self.starts[line - 1] + column + (self.mark if line == 1 else 0)

    def flatten(self, module):
        # A stack instead of a recursion: trees may be deep. Each entry is a node to enter, or an id to leave.
        stack = [(module, None, 0, None, None)]
        while stack:
            entry = stack.pop()
            if not isinstance(entry, tuple):
                self.rows[entry][3] = len(self.rows) - entry
                continue
            node, parent, depth, field, index = entry
            node_id = len(self.rows)
            self.rows.append([node_id, parent, depth, 1, field, index] + self.cells(node))
            stack.append(node_id)
            if isinstance(node, ast.JoinedStr):
                unusual = has_unusual_text(node)
                if unusual:
                    self.unusual[unusual] += 1
                    self.skipped.add(node_id)
                    continue
            children = []
            for name in node._fields:
                value = getattr(node, name, None)
                if isinstance(value, list):
                    members = [(i, v) for i, v in enumerate(value)]
                else:
                    members = [(None, value)]
                for i, child in members:
                    if isinstance(child, (ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop)):
                        continue
                    if isinstance(child, ast.AST):
                        children.append((child, node_id, depth + 1, name, i))
            stack.extend(reversed(children))
        return self.rows

    def cells(self, node):
        kind = type(node).__name__
        name = getattr(node, NAMES[kind]) if kind in NAMES else None
        ctx = type(node.ctx).__name__.lower() if hasattr(node, "ctx") else None
        if getattr(node, "lineno", None) is None or kind in ("Module", "match_case"):
            place = [None] * 6
        else:
            place = [
                self.offset(node.lineno, node.col_offset),
                self.offset(node.end_lineno, node.end_col_offset),
                node.lineno,
                node.col_offset,
                node.end_lineno,
                node.end_col_offset,
            ]
        if kind == "Constant" or kind == "MatchSingleton":
            value = self.data[place[0] : place[1]].decode()
        elif kind == "alias":
            value = node.asname
        elif kind == "ImportFrom":
            value = str(node.level)
        elif kind == "Compare":
            value = ",".join(type(op).__name__ for op in node.ops)
        elif hasattr(node, "op"):
            value = type(node.op).__name__
        else:
            value = None
        return [kind, name, value, ctx] + place


def without(rows, skipped):
    """Rows without what is below some nodes: ids, sizes and depths would differ, so they are left out of the rest."""
    kept, until = [], -1
    for row in rows:
        if row[0] < until:
            continue
        if skipped(row):
            until = row[0] + row[3]
        kept.append(tuple(row[2:3]) + tuple(row[4:]))
    return kept


def compare(ours, theirs, unusual_spans):
    """Categories of differences between two lists of rows."""
    if not unusual_spans:
        theirs = [tuple(row) for row in theirs]
        if ours == theirs:
            return collections.Counter(), []
    span = lambda row: row[6] == "JoinedStr" and (row[10], row[11]) in unusual_spans
    if unusual_spans:
        ours, theirs = without(ours, span), without(theirs, span)
        if ours == theirs:
            return collections.Counter(), []
        kind, names = 3, [c for c in COMPARED if c not in ("node_id", "parent_id", "subtree_size")]
    else:
        kind, names = 6, COMPARED
    counts, examples = collections.Counter(), []
    if len(ours) == len(theirs) and [r[kind] for r in ours] == [r[kind] for r in theirs]:
        for a, b in zip(ours, theirs):
            if a != b:
                columns = [c for c, x, y in zip(names, a, b) if x != y]
                counts[f"{a[kind]}: {', '.join(columns)}"] += 1
                examples.append((a, b))
    else:
        place = lambda row: (row[kind],) + tuple(row[kind + 4 : kind + 6]) + (row[kind + 1],)
        left = collections.Counter(map(place, ours))
        right = collections.Counter(map(place, theirs))
        for row, n in (left - right).items():
            counts[f"{row[0]}: a row without a node"] += n
            examples.append((row, None))
        for row, n in (right - left).items():
            counts[f"{row[0]}: a node without a row"] += n
            examples.append((None, row))
        if not counts:
            counts["structure"] += 1
    return counts, examples


def accepted(data):
    """The text and the tree of a file, or None if CPython does not run it."""
    try:
        # `ast.parse` reads over bytes in a comment that are not in the encoding, which a file may not have.
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode("utf-8" if encoding == "utf-8-sig" else encoding)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return text, ast.parse(data)
    except (SyntaxError, ValueError, LookupError, RecursionError, MemoryError):
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    binary_rows.add_arguments(parser)
    parser.add_argument("--show", type=int, default=0, help="print that many examples of differences")
    arguments = parser.parse_args()
    sys.setrecursionlimit(20_000)
    files = nodes = identical = 0
    differences, documented, rejected, shown = collections.Counter(), collections.Counter(), [], 0
    for folder in arguments.folders:
        source = binary_rows.Source(arguments, folder)
        ast_nodes = ("ast_nodes", COLUMNS, "path, node_id")
        parse_errors = ("parse_errors", ["path", "seq"], "path, seq")
        for path, ours, diagnostics in source.files(ast_nodes, parse_errors):
            judged = accepted(pathlib.Path(folder, path).read_bytes())
            if judged is None:
                continue
            if diagnostics or not ours:
                rejected.append(path)
            ours = [row[1:] for row in ours]
            if not HAS_ALIAS_PLACES:
                documented["alias"] += sum(row[KIND] == "alias" for row in ours)
                ours = [row[:PLACE] + (None,) * 6 if row[KIND] == "alias" else row for row in ours]
            flattener = Flattener(judged[0])
            theirs = flattener.flatten(judged[1])
            spans = {tuple(flattener.rows[i][10:12]) for i in flattener.skipped}
            counts, examples = compare(ours, theirs, spans)
            files += 1
            nodes += len(theirs)
            identical += not counts
            differences.update(counts)
            documented.update(flattener.unusual)
            for ours_row, theirs_row in examples:
                if shown < arguments.show:
                    shown += 1
                    print(f"{path}\n  ours   {ours_row}\n  theirs {theirs_row}")
    print(f"{files} files compared with CPython {sys.version.split()[0]}, {nodes} nodes, {identical} files identical")
    for category, count in documented.most_common():
        print(f"  documented: {category}: {count} not compared")
    for category, count in differences.most_common():
        print(f"  DIFFERENCE: {category}: {count}")
    print(f"  files that CPython accepts and we reject: {len(rejected)}")
    for path in rejected[:20]:
        print(f"    {path}")
    if rejected:
        differences["rejected"] = len(rejected)
    binary_rows.write_summary(arguments, files, nodes, differences, documented)
    if not files:
        sys.exit("nothing was compared")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()

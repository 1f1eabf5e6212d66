#!/usr/bin/env python3
"""Compares the dataset `ts_nodes` with the Python bindings of tree-sitter.

    python3 tests/judge_treesitter.py [--binary PATH | --dump PATH] [--sample N] [--show N] FOLDER…

Needs the packages tree-sitter, tree-sitter-python, tree-sitter-rust, tree-sitter-javascript and tree-sitter-typescript,
the grammars in the versions of the crates that are built in. A language whose grammar is not installed is left out.

Every file that is UTF-8 is compared node by node, in preorder: id, parent, depth, size of the subtree, field, kind, what
is named, extra, missing or an error, bytes, rows and columns, and the text of leaves. The exit code is 1 if a file differs
or nothing was compared. There are no documented differences. `--dump` reads the rows of the example `dump` of
codeanatomy-extract instead of the binary's.
"""

import argparse
import collections
import importlib
import io
import itertools
import os
import pathlib
import sys
import tokenize

import binary_rows
import tree_sitter

COLUMNS = (
    "path language node_id parent_id depth subtree_size field kind is_named is_extra is_missing is_error bstart bend row "
    "col_utf8 end_row end_col_utf8 text"
).split()
# The package and its function, by the end of a file's name.
GRAMMARS = {
    ".py": ("tree_sitter_python", "language"), ".pyi": ("tree_sitter_python", "language"),
    ".rs": ("tree_sitter_rust", "language"),
    ".js": ("tree_sitter_javascript", "language"), ".mjs": ("tree_sitter_javascript", "language"),
    ".cjs": ("tree_sitter_javascript", "language"), ".jsx": ("tree_sitter_javascript", "language"),
    ".ts": ("tree_sitter_typescript", "language_typescript"), ".tsx": ("tree_sitter_typescript", "language_tsx"),
    ".mts": ("tree_sitter_typescript", "language_typescript"), ".cts": ("tree_sitter_typescript", "language_typescript"),
}  # fmt: skip


def parsers():
    """A parser for each end of a name whose grammar is installed."""
    found = {}
    for end, (package, function) in GRAMMARS.items():
        try:
            language = getattr(importlib.import_module(package), function)()
        except ImportError:
            continue
        found[end] = tree_sitter.Parser(tree_sitter.Language(language))
    return found


def is_utf8(data, path):
    """Whether the bytes of a file are its text: a Python file may say that they are something else."""
    try:
        data.decode()
        return not path.endswith((".py", ".pyi")) or tokenize.detect_encoding(io.BytesIO(data).readline)[0][:5] == "utf-8"
    except (UnicodeDecodeError, SyntaxError):
        return False


def flatten(tree, data):
    """The rows that a file should have, without path and language."""
    rows, open_nodes = [], []
    cursor = tree.walk()
    while True:
        node, node_id = cursor.node, len(rows)
        rows.append([
            node_id, open_nodes[-1] if open_nodes else None, len(open_nodes), 1, cursor.field_name, node.type,
            node.is_named, node.is_extra, node.is_missing, node.is_error, node.start_byte, node.end_byte,
            *node.start_point, *node.end_point, None,
        ])  # fmt: skip
        if cursor.goto_first_child():
            open_nodes.append(node_id)
            continue
        rows[node_id][-1] = data[node.start_byte : node.end_byte].decode()
        while not cursor.goto_next_sibling():
            if not open_nodes:
                return rows
            parent = open_nodes.pop()
            rows[parent][3] = len(rows) - parent
            cursor.goto_parent()


class Source(binary_rows.Source):
    """Files of every language with a grammar, and their rows by the binary or by `dump`."""

    def __init__(self, arguments, folder, ends):
        self.dump = arguments.dump
        self.binary, self.folder = arguments.binary, folder
        scope = self.rows("file_scope", ["path", "reason"], "path", ["TRUE"])
        paths = [path for path, reason in scope if reason == "included" and path.endswith(tuple(ends))]
        self.paths = list(itertools.islice(paths, 0, None, arguments.sample))

    def rows(self, dataset, columns, order, conditions):
        if not self.dump:
            yield from super().rows(dataset, columns, order, conditions)
            return
        command = [self.dump, self.folder, dataset, ",".join(columns)]
        yield from binary_rows.json_rows(command, columns, dataset)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    binary_rows.add_arguments(parser)
    parser.add_argument("--show", type=int, default=0, help="print that many examples of differences")
    arguments = parser.parse_args()
    by_end = parsers()
    files, nodes, errors = collections.Counter(), 0, 0
    different, shown = [], 0
    for folder in arguments.folders:
        source = Source(arguments, folder, by_end)
        for path, ours in source.files(("ts_nodes", COLUMNS, "path, node_id")):
            data = pathlib.Path(folder, path).read_bytes()
            if not is_utf8(data, path):
                continue
            end = os.path.splitext(path)[1]
            theirs = flatten(by_end[end].parse(data), data)
            ours = [list(row[2:]) for row in ours]
            files[end] += 1
            nodes += len(theirs)
            errors += sum(row[8] or row[9] for row in theirs)
            if ours != theirs:
                different.append(path)
                if shown < arguments.show:
                    shown += 1
                    pair = next((p for p in itertools.zip_longest(ours, theirs) if p[0] != p[1]), None)
                    print("%s\n  ours   %s\n  theirs %s" % (path, *pair))
    counts = ", ".join("%s %s" % (count, end) for end, count in sorted(files.items()))
    print("%d files compared (%s), %d nodes, of them %d errors or missing" % (sum(files.values()), counts, nodes, errors))
    print("  files that differ: %d" % len(different))
    for path in different[:20]:
        print("    %s" % path)
    counts = {"files": len(different)} if different else {}
    binary_rows.write_summary(arguments, sum(files.values()), nodes, counts)
    sys.exit(1 if different or not files else 0)


if __name__ == "__main__":
    main()

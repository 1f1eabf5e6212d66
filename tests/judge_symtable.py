#!/usr/bin/env python3
"""Compares `scopes` and `symbols` with the `symtable` module of the interpreter that runs this script.

    python3 tests/judge_symtable.py [--binary PATH] [--sample N] FOLDER...

For every file that the interpreter accepts, the tree of its symbol tables and ours are walked together: number and
order of children, kind, name, line, nesting, and every symbol with every flag. Differences that are known and meant are
listed below as `DOCUMENTED`, counted apart, and do not fail; any other one does (exit status 1).
"""

import argparse
import collections
import os
import re
import symtable
import sys
import warnings

import binary_rows

SCOPE_COLUMNS = ["path", "scope_index", "scope_id", "parent_id", "kind", "name", "is_nested", "line"]
FLAGS = [
    "is_referenced", "is_imported", "is_parameter", "is_global", "is_nonlocal", "is_declared_global",
    "is_local", "is_annotated", "is_free", "is_assigned", "is_namespace",
]
SYMBOL_COLUMNS = ["path", "scope_index", "name"] + FLAGS

DOCUMENTED = {
    "top": "a function named `top`: `symtable` takes it for the module and calls its locals global; we do not",
    "inlined": "3.12 and later merge list, set and dict comprehensions into the scope around: scopes around one are"
               " compared by children only",
    "reordered": "3.12 and later visit decorators before annotations: children compared by line and name",
    "annotations": "before 3.10, annotations that are not evaluated are in the table: files with the future import are"
                   " left out",
}

KINDS = {
    "module": "module", "class": "class", "function": "function", "lambda": "function", "listcomp": "function",
    "setcomp": "function", "dictcomp": "function", "genexpr": "function", "type_parameters": "type parameters",
    "type_alias": "type alias", "type_variable": "type variable",
}
INLINED = {"listcomp", "setcomp", "dictcomp"}
FUTURE_ANNOTATIONS = re.compile(rb"^from __future__ import .*\bannotations\b", re.MULTILINE)


class Scope:
    def __init__(self, row):
        self.row, self.children, self.symbols = row, [], {}


def module_of(scope_rows, symbol_rows):
    """The module's scope, with all others below it; None if there is no row."""
    module, scopes, by_id = None, {}, {}
    for row in (dict(zip(SCOPE_COLUMNS, cells)) for cells in scope_rows):
        scope = scopes[row["scope_index"]] = by_id[row["scope_id"]] = Scope(row)
        if row["parent_id"] is None:
            module = scope
        else:
            by_id[row["parent_id"]].children.append(scope)
    for _, scope_index, name, *flags in symbol_rows:
        scopes[scope_index].symbols[name] = tuple(flags)
    return module


def flags_of(symbol):
    return tuple(getattr(symbol, flag)() for flag in FLAGS)


def type_of(table):
    kind = str(getattr(table.get_type(), "value", table.get_type()))
    # 3.12 has other names for the kinds that 3.13 documents.
    return {"TypeVar bound": "type variable", "type parameter": "type parameters"}.get(kind, kind)


class Judge:
    def __init__(self):
        self.files = self.scopes = self.symbols = 0
        self.differences = collections.Counter()
        self.documented = collections.Counter()
        self.examples = collections.defaultdict(list)

    def differ(self, category, *what):
        self.differences[category] += 1
        self.examples[category].append(" ".join(map(str, what)))

    def file(self, path, source, module):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                table = symtable.symtable(source, path, "exec")
        except (SyntaxError, ValueError, RecursionError, UnicodeError):
            return
        if sys.version_info < (3, 10) and FUTURE_ANNOTATIONS.search(source):
            self.documented["annotations"] += 1
            return
        self.files += 1
        if module is None:
            return self.differ("file without scopes", path)
        self.compare(path, table, module)

    def children(self, path, table, scope):
        """Both lists of children, and whether ours had comprehensions that this interpreter merges."""
        theirs, ours = table.get_children(), scope.children
        if sys.version_info < (3, 12):
            return theirs, ours, False
        spliced, has_inlined = [], False

        def splice(children):
            nonlocal has_inlined
            for child in children:
                # Not in a type alias or type parameters directly in a class, which see the names of the class.
                if child.row["kind"] in INLINED and "__classdict__" not in scope.symbols:
                    has_inlined = True
                    splice(child.children)
                else:
                    spliced.append(child)

        splice(ours)
        sorted_theirs = sorted(theirs, key=lambda t: (t.get_lineno(), t.get_name()))
        sorted_ours = sorted(spliced, key=lambda s: (s.row["line"], s.row["name"]))
        if sorted_theirs != theirs or sorted_ours != spliced:
            self.documented["reordered"] += 1
        return sorted_theirs, sorted_ours, has_inlined

    def compare(self, path, table, scope):
        row = scope.row
        self.scopes += 1
        where = "%s:%s %s" % (path, row["line"], row["name"])
        if row["name"] != table.get_name():
            self.differ("name", where, "theirs", table.get_name())
        if KINDS[row["kind"]] != type_of(table):
            self.differ("kind", where, row["kind"], "theirs", type_of(table))
        if row["is_nested"] != table.is_nested():
            self.differ("nested", where)
        if row["line"] != table.get_lineno():
            self.differ("line", where, "theirs", table.get_lineno())
        theirs, ours, has_inlined = self.children(path, table, scope)
        if has_inlined:
            self.documented["inlined"] += 1
        else:
            self.compare_symbols(where, table, scope)
        if len(theirs) != len(ours):
            return self.differ("children", where, len(ours), "theirs", len(theirs))
        for child_table, child in zip(theirs, ours):
            self.compare(path, child_table, child)

    def compare_symbols(self, where, table, scope):
        theirs = {symbol.get_name(): symbol for symbol in table.get_symbols()}
        for name in sorted(theirs.keys() - scope.symbols.keys()):
            self.differ("symbol missing", where, name)
        for name in sorted(scope.symbols.keys() - theirs.keys()):
            self.differ("symbol too many", where, name)
        for name in sorted(theirs.keys() & scope.symbols.keys()):
            self.symbols += 1
            for flag, ours, their in zip(FLAGS, scope.symbols[name], flags_of(theirs[name])):
                if bool(their) == ours:
                    continue
                if table.get_name() == "top" and type_of(table) != "module" and flag in ("is_global", "is_local"):
                    self.documented["top"] += 1
                else:
                    self.differ(flag, where, name, "ours", ours)

    def report(self):
        version = sys.version.split()[0]
        print("CPython %s: %d files, %d scopes, %d symbols compared" % (version, self.files, self.scopes, self.symbols))
        for category, count in sorted(self.documented.items()):
            print("documented %-10s %7d  %s" % (category, count, DOCUMENTED[category]))
        for category, count in self.differences.most_common():
            print("DIFFERENT  %-16s %7d" % (category, count))
            for example in self.examples[category][:5]:
                print("    " + example)
        total = sum(self.differences.values())
        print("%d undocumented differences" % total)
        return total


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    binary_rows.add_arguments(parser)
    arguments = parser.parse_args()
    sys.setrecursionlimit(10_000)
    judge = Judge()
    for folder in arguments.folders:
        source = binary_rows.Source(arguments, folder)
        scopes = ("scopes", SCOPE_COLUMNS, "path, scope_index")
        symbols = ("symbols", SYMBOL_COLUMNS, "path, scope_index, name")
        for path, scope_rows, symbol_rows in source.files(scopes, symbols):
            with open(os.path.join(folder, path), "rb") as file:
                judge.file(path, file.read(), module_of(scope_rows, symbol_rows))
    if judge.files == 0:
        raise SystemExit("no file to compare")
    sys.exit(1 if judge.report() else 0)


if __name__ == "__main__":
    main()

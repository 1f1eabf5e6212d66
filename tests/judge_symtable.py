#!/usr/bin/env python3
"""Compares `scopes` and `symbols` with the `symtable` module of the interpreter that runs this script.

    python3 tests/judge_symtable.py [--binary PATH | --dump PATH] [--sample N] FOLDER...

For every file that the interpreter accepts, the tree of its symbol tables and ours are walked together: number and
order of children, kind, name, line, nesting, and every symbol with every flag that the interpreter has. Our rows are those of
the newest grammar; for another version they are brought into its form first (`symtable_views.py`), and nothing is left out:
before 3.14 without annotation scopes, and since 3.12 with comprehensions as part of the scope around.

`--compiled` takes the rows of `compiled_scopes` and `compiled_symbols` instead, where the product has made comprehensions part
of the scope around.

Differences that are known and meant are listed below as `DOCUMENTED`, counted apart, and do not fail; any other one
does (exit status 1).
"""

import argparse
import collections
import os
import re
import symtable
import sys
import warnings

import binary_rows
import symtable_views

SCOPE_COLUMNS = ["path", "scope_index", "scope_id", "parent_id", "kind", "name", "qualified_name", "is_nested", "line"]
FLAGS = [
    "is_referenced", "is_imported", "is_parameter", "is_global", "is_nonlocal", "is_declared_global",
    "is_local", "is_annotated", "is_free", "is_assigned", "is_namespace", "is_type_parameter", "is_free_class",
    "is_comp_iter",
]
SYMBOL_COLUMNS = ["path", "scope_index", "name"] + FLAGS
# `is_comp_cell` is about comprehensions that became part of a scope, which ours do in a view only.
COMPARED = [flag for flag in FLAGS + ["is_comp_cell"] if hasattr(symtable.Symbol, flag)]
HAS_ANNOTATION_SCOPES = sys.version_info >= (3, 14)
INLINES = sys.version_info >= (3, 12)

DOCUMENTED = {
    "top": "a function named `top`: `symtable` takes it for the module and calls its locals global; we do not",
    "reordered": "before 3.12, decorators come after annotations and bases, and before 3.13, handlers after `else`: children"
                 " compared by line and name",
    "future": "before 3.10, annotations that are not evaluated are in the table: files with the future import are"
              " left out",
    "empty": "3.14 has an annotation scope for each function; we have those with annotations",
    "conditional": "3.14 has a symbol `__conditional_annotations__` that stands for no name of the source",
    "local": "3.14 has no names of annotations in functions, which are never evaluated; we have them",
}

KINDS = {
    "module": "module", "class": "class", "function": "function", "lambda": "function", "listcomp": "function",
    "setcomp": "function", "dictcomp": "function", "genexpr": "function", "type_parameters": "type parameters",
    "type_alias": "type alias", "type_variable": "type variable", "annotation": "annotation",
}
FUTURE_ANNOTATIONS = re.compile(rb"^from __future__ import .*\bannotations\b", re.MULTILINE)
IMPLICIT = {".format", "__classdict__"}


def module_of(scope_rows, symbol_rows):
    """The module's scope, with all others below it; None if there is no row."""
    module, scopes, by_id = None, {}, {}
    for row in (dict(zip(SCOPE_COLUMNS, cells)) for cells in scope_rows):
        scope = scopes[row["scope_index"]] = by_id[row["scope_id"]] = symtable_views.Scope(row)
        if row["parent_id"] is None:
            module = scope
        else:
            by_id[row["parent_id"]].children.append(scope)
    for _, scope_index, name, *flags in symbol_rows:
        scopes[scope_index].symbols[name] = {"is_comp_cell": False, **dict(zip(FLAGS + ["is_comp_cell"], flags))}
    return module


def type_of(table):
    kind = str(getattr(table.get_type(), "value", table.get_type()))
    # 3.12 has other names for the kinds that 3.13 documents.
    return {"TypeVar bound": "type variable", "type parameter": "type parameters"}.get(kind, kind)


def is_empty_annotation(kind, symbols, children):
    return kind == "annotation" and not children and IMPLICIT.issuperset(symbols)


class Judge:
    def __init__(self):
        self.files = self.scopes = self.symbols = self.merged = 0
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
            self.documented["future"] += 1
            return
        self.files += 1
        if module is None:
            return self.differ("file without scopes", path)
        if HAS_ANNOTATION_SCOPES:
            self.documented["local"] += symtable_views.without_local_annotations(module)
            symtable_views.settle_free_names(module)
        else:
            symtable_views.without_annotation_scopes(module)
        if INLINES:
            self.merged += symtable_views.with_inlined_comprehensions(module)
        symtable_views.mark_namespaces(module)
        self.compare(path, table, module)

    def children(self, table, scope):
        theirs, ours = table.get_children(), scope.children
        if HAS_ANNOTATION_SCOPES:
            full = [t for t in theirs if not is_empty_annotation(type_of(t), t.get_identifiers(), t.get_children())]
            self.documented["empty"] += len(theirs) - len(full)
            return full, [s for s in ours if not is_empty_annotation(s.kind, s.symbols, s.children)]
        if sys.version_info >= (3, 13):
            return theirs, ours
        sorted_theirs = sorted(theirs, key=lambda t: (t.get_lineno(), t.get_name()))
        sorted_ours = sorted(ours, key=lambda s: (s.line, s.name))
        if [t.get_lineno() for t in theirs] != [s.line for s in ours]:
            self.documented["reordered"] += 1
        return sorted_theirs, sorted_ours

    def compare(self, path, table, scope):
        waiting = [(table, scope)]
        while waiting:
            table, scope = waiting.pop()
            self.scopes += 1
            where = "%s:%s %s" % (path, scope.line, scope.name)
            if scope.name != table.get_name():
                self.differ("name", where, "theirs", table.get_name())
            if KINDS[scope.kind] != type_of(table):
                self.differ("kind", where, scope.kind, "theirs", type_of(table))
            if scope.is_nested != table.is_nested():
                self.differ("nested", where)
            if scope.line != table.get_lineno():
                self.differ("line", where, "theirs", table.get_lineno())
            self.compare_symbols(where, table, scope)
            theirs, ours = self.children(table, scope)
            if len(theirs) != len(ours):
                self.differ("children", where, len(ours), "theirs", len(theirs))
            else:
                waiting.extend(zip(theirs, ours))

    def compare_symbols(self, where, table, scope):
        theirs = {symbol.get_name(): symbol for symbol in table.get_symbols()}
        if theirs.pop("__conditional_annotations__", None):
            self.documented["conditional"] += 1
        for name in sorted(theirs.keys() - scope.symbols.keys()):
            self.differ("symbol missing", where, name)
        for name in sorted(scope.symbols.keys() - theirs.keys()):
            self.differ("symbol too many", where, name)
        for name in sorted(theirs.keys() & scope.symbols.keys()):
            self.symbols += 1
            for flag in COMPARED:
                ours = scope.symbols[name][flag]
                if bool(getattr(theirs[name], flag)()) == ours:
                    continue
                if table.get_name() == "top" and type_of(table) != "module" and flag in ("is_global", "is_local"):
                    self.documented["top"] += 1
                else:
                    self.differ(flag, where, name, "ours", ours)

    def report(self):
        version = sys.version.split()[0]
        print("CPython %s: %d files, %d scopes, %d symbols compared" % (version, self.files, self.scopes, self.symbols))
        print("  flags: %s; comprehensions merged: %d" % (" ".join(COMPARED), self.merged))
        for category, count in sorted(self.documented.items()):
            print("documented %-11s %7d  %s" % (category, count, DOCUMENTED[category]))
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
    parser.add_argument("--compiled", action="store_true", help="judge `compiled_scopes` and `compiled_symbols` (3.12 or later)")
    arguments = parser.parse_args()
    if arguments.compiled and not INLINES:
        raise SystemExit("comprehensions are scopes of their own before 3.12")
    sys.setrecursionlimit(10_000)
    judge = Judge()
    for folder in arguments.folders:
        source = binary_rows.Source(arguments, folder)
        scopes = ("scopes", SCOPE_COLUMNS, "path, scope_index")
        symbols = ("symbols", SYMBOL_COLUMNS, "path, scope_index, name")
        if arguments.compiled:
            scopes = ("compiled_scopes", *scopes[1:])
            symbols = ("compiled_symbols", SYMBOL_COLUMNS + ["is_comp_cell"], symbols[2])
        for path, scope_rows, symbol_rows in source.files(scopes, symbols):
            with open(os.path.join(folder, path), "rb") as file:
                judge.file(path, file.read(), module_of(scope_rows, symbol_rows))
    binary_rows.write_summary(arguments, judge.files, judge.symbols, judge.differences, judge.documented)
    if judge.files == 0:
        raise SystemExit("no file to compare")
    sys.exit(1 if judge.report() else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Compares `modules` and `resolved_imports` with the import system of the interpreter that runs this script.

    python3 tests/judge_imports.py [--binary PATH] [--sample N] [--show N] LIBRARY

LIBRARY is the library of this very interpreter, all of whose files are the source. Nothing is imported from elsewhere.

- `modules`: the file is the one that `importlib.util.find_spec` finds for the name.
- every relative import: the absolute name is what `importlib.util.resolve_name` gives.
- every imported name of a file that is no test: the module is imported, and the name taken from it. A module must be the
  file that the module object came from; a function or class must be that object: defined in the file (`__code__`) or in
  the module (`__module__`, `__qualname__`) that the row names, and reached there by its name; a variable must be the same
  object in both modules. What is said to be external has no source file in the library, and what is unresolved cannot be
  imported.
- every star at the top of a file that is no test: the names are those that the interpreter binds.

Not compared, and counted under its name; `DOCUMENTED` says why. Any other difference is printed, and the exit code is 1.
"""

import argparse
import collections
import contextlib
import importlib
import importlib.util
import inspect
import io
import itertools
import os
import sys
import types
import warnings

import binary_rows

DOCUMENTED = {
    "not importable": "the module that is named cannot be imported here: another platform, no display, an extension that"
                      " was not built, or a test",
    "compiled": "the object comes from an extension module that takes the place of the definition in the library",
    "other branch": "the row has several candidates, and the interpreter took another one than the first",
    "run time": "a name that is set while the module runs, by `globals()`, `setattr`, a loop over names, a hook of"
                " `sys.modules`, or as a side effect of an import elsewhere",
    "rebound": "a function or class that its module replaces by what a decorator or call gives, and that is the same"
               " object where it is imported",
    "guarded": "an import that does not run here: under `TYPE_CHECKING`, in a `try` that fails, or for a module that is not"
               " there",
    "star of outside": "a star of a module that is not in the library or takes the place of names: what it brings is not"
                       " known",
}  # fmt: skip

MODULE_COLUMNS = ["path", "module", "package", "is_package", "is_namespace", "is_stub"]
COLUMNS = [
    "path", "node_id", "seq", "kind", "module", "level", "absolute_module", "name", "is_star", "target_kind",
    "target_path", "target_module", "target_qualified_name", "reason", "candidate_count", "candidates",
    "in_type_checking", "in_try", "line",
]  # fmt: skip
Row = collections.namedtuple("Row", COLUMNS)
# What they do when imported is not wanted here, or what they import is the whole test suite.
LEFT_OUT = ("test", "antigravity", "this", "idlelib.idle", "lib2to3.tests", "__main__", "turtledemo")
MISSING = object()


def is_left_out(module):
    parts = module.split(".")
    return (
        any(module == name or module.startswith(name + ".") for name in LEFT_OUT)
        or "__main__" in parts or "tests" in parts or "test" in parts or "idle_test" in parts
    )


class Judge:
    def __init__(self, arguments, folder):
        self.show = arguments.show
        self.source = binary_rows.Source(arguments, folder)
        self.folder = os.path.realpath(folder)
        self.counts, self.differences = collections.Counter(), 0
        self.imported = {}

    def differ(self, row, what):
        self.differences += 1
        if self.differences <= self.show:
            print("%s:%s: %s: %s" % (row.path, getattr(row, "line", ""), what, row))

    def load(self, name):
        """The module of that name, or None."""
        if name not in self.imported:
            module = None
            if not is_left_out(name):
                with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                    try:
                        module = importlib.import_module(name)
                    except BaseException:
                        module = None
            self.imported[name] = module
        return self.imported[name]

    def file_of(self, module):
        """The path of a module's source below the library; for a namespace package, its folder. None if it has none."""
        file = getattr(module, "__file__", None)
        if file is None and hasattr(module, "__path__"):
            file = next(iter(module.__path__), None)
        if not isinstance(file, str) or not (file.endswith(".py") or hasattr(module, "__path__")):
            return None
        path = os.path.relpath(os.path.realpath(file), self.folder)
        return None if path.startswith("..") else path.replace(os.sep, "/")

    def modules(self):
        """Names are those by which the interpreter finds the files."""
        module_type = collections.namedtuple("Module", MODULE_COLUMNS)
        packages = {}
        for cells in self.source.rows("modules", MODULE_COLUMNS, "path", ["true"]):
            row = module_type(*cells)
            packages[row.path] = row
            if row.module is None or is_left_out(row.module) or row.is_stub:
                self.counts["modules without a name, stubs and tests"] += 1
                continue
            if row.module.split(".")[0] in ("config-3", "lib-dynload"):
                continue
            try:
                spec = importlib.util.find_spec(row.module)
            except BaseException:
                self.counts["not importable"] += 1
                continue
            found = None
            if spec is not None and spec.origin and spec.origin != "frozen":
                found = spec.origin
            elif spec is not None and spec.submodule_search_locations and not spec.origin:
                found = next(iter(spec.submodule_search_locations), None)
            elif spec is not None:
                # Frozen modules say where their source would be.
                found = getattr(sys.modules.get(row.module), "__file__", None) or getattr(
                    spec.loader_state, "filename", None)
            self.counts["modules"] += 1
            if found is None or os.path.realpath(found) != os.path.join(self.folder, row.path):
                self.differ(row, "the interpreter finds %s" % found)
        return packages

    def relative(self, row, module):
        """`absolute_module` is what CPython makes of the level."""
        package = module.package or ""
        try:
            expected = importlib.util.resolve_name("." * row.level + (row.module or ""), package)
        except (ImportError, ValueError):
            expected = None
        self.counts["relative names"] += 1
        if expected != row.absolute_module:
            self.differ(row, "CPython has %s" % expected)

    def value(self, row):
        """What the interpreter gives for the name, and MISSING if nothing."""
        module = self.load(row.absolute_module)
        if module is None or row.name is None:
            return module if module is not None else MISSING
        if row.name == "*":
            return module
        value = getattr(module, row.name, MISSING)
        if value is MISSING and hasattr(module, "__path__"):
            value = self.load(row.absolute_module + "." + row.name)
        return MISSING if value is None and not hasattr(module, row.name) else value

    def name(self, row):
        if row.target_kind == "unresolved" and row.reason == "beyond_top_level":
            return "agrees"
        module = self.load(row.absolute_module)
        if module is None:
            if row.target_kind in ("external", "unresolved"):
                return "agrees"
            return "not importable"
        value = self.value(row)
        if row.target_kind == "unresolved":
            if value is MISSING:
                return "agrees"
            return "run time"
        if value is MISSING:
            return "guarded" if row.in_try or row.in_type_checking or row.candidate_count > 1 else "run time"
        if row.target_kind == "external":
            file = self.file_of(module)
            if file is None or row.target_module != row.absolute_module:
                return "agrees" if self.is_outside(row.target_module) else None
            return None
        return self.found(row, value)

    def is_outside(self, name):
        module = self.load(name)
        return module is None or self.file_of(module) is None

    def found(self, row, value):
        if row.target_kind == "module":
            if not isinstance(value, types.ModuleType):
                return "run time"
            file = self.file_of(value)
            if file == row.target_path:
                return "agrees"
            return "other branch" if row.candidate_count > 1 else ("compiled" if file is None else None)
        target = self.load(row.target_module)
        if target is None:
            return "not importable"
        own = row.target_qualified_name[len(row.target_module) + 1 :]
        there = getattr(target, own, MISSING)
        if row.target_kind != "definition":
            if there is value or row.target_kind == "implicit":
                return "agrees"
            return "other branch" if row.candidate_count > 1 else "run time" if type(value) is not type(there) else None
        if there is not value:
            return "other branch" if row.candidate_count > 1 else None
        code = getattr(inspect.unwrap(value), "__code__", None) if callable(value) else None
        if code is not None and code.co_name == own:
            file = os.path.relpath(os.path.realpath(code.co_filename), self.folder).replace(os.sep, "/")
            if file == row.target_path or code.co_filename.startswith("<frozen"):
                return "agrees"
        home = getattr(value, "__module__", None)
        if home == row.target_module and getattr(value, "__qualname__", own).split(".")[0] == own:
            return "agrees"
        if home is None or self.is_outside(home):
            return "compiled"
        if row.candidate_count > 1:
            return "other branch"
        return "rebound"

    def star(self, row, names):
        module = self.load(row.absolute_module)
        if module is None:
            return "not importable"
        if row.target_kind != "module":
            return "agrees" if not names else None
        space = {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                exec("from %s import *" % row.absolute_module, space)
            except BaseException:
                return "not importable"
        space.pop("__builtins__", None)
        missing, extra = sorted(set(space) - names), sorted(names - set(space))
        if not missing and not extra:
            return "agrees"
        outside = [n for n in missing if self.is_outside(getattr(space[n], "__module__", None) or "_")]
        if len(outside) == len(missing) and not extra:
            return "star of outside"
        print("  star", row.path, row.absolute_module, "missing", missing[:12], "extra", extra[:12])
        return "run time"

    def run(self):
        modules = self.modules()
        rows = map(Row._make, self.source.rows("resolved_imports", COLUMNS, "path, node_id, seq", ["true"]))
        for path, of_file in itertools.groupby(rows, lambda row: row.path):
            module = modules[path]
            skipped = module.module is None or is_left_out(module.module) or "test" in path.split("/")
            for _, group in itertools.groupby(of_file, lambda row: row.node_id):
                first, *brought = group
                if first.level:
                    self.relative(first, module)
                if first.absolute_module is None or skipped:
                    continue
                for row in [first] + brought:
                    self.count(row, self.name(row), "names of stars" if row.seq else "names")
                if first.is_star:
                    self.count(first, self.star(first, {row.name for row in brought}), "stars")

    def count(self, row, verdict, what):
        self.counts[what] += 1
        if verdict is None:
            self.differ(row, "the interpreter has %r" % (self.value(row),))
        elif verdict != "agrees":
            self.counts["%s: %s" % (what, verdict)] += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    binary_rows.add_arguments(parser)
    parser.add_argument("--show", type=int, default=20, metavar="N", help="print N differences")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(5000)
    failed = False
    for folder in arguments.folders:
        if os.path.realpath(folder) != os.path.realpath(os.path.dirname(os.__file__)):
            sys.exit("%s is not the library of this interpreter, %s" % (folder, os.path.dirname(os.__file__)))
        sys.path[:] = [p for p in sys.path if "site-packages" not in p and p != os.path.dirname(__file__)]
        judge = Judge(arguments, folder)
        judge.run()
        for what, count in sorted(judge.counts.items()):
            print("%8d  %s" % (count, what))
        print("%8d  differences" % judge.differences)
        failed |= judge.differences > 0
        documented = {what: count for what, count in judge.counts.items() if what.split(": ")[-1] in DOCUMENTED}
        rows = sum(judge.counts.values()) - sum(documented.values())
        differences = {"imports": judge.differences} if failed else {}
        binary_rows.write_summary(arguments, len(binary_rows.python_files(folder)), rows, differences, documented)
    sys.stdout.flush()
    # Threads and hooks of the modules that were imported do not matter any more.
    os._exit(1 if failed else 0)


if __name__ == "__main__":
    main()

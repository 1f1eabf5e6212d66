#!/usr/bin/env python3
"""Compares `modules` and `resolved_imports` with the import system of the interpreter that runs this script.

    python3 tests/judge_imports.py [--binary PATH] [--sample N] [--show N] LIBRARY

LIBRARY is the library of this very interpreter, all of whose files are the source. Nothing is imported from elsewhere.

- `modules`: the file is the one that `importlib.util.find_spec` finds for the name.
- every relative import: the absolute name is what `importlib.util.resolve_name` gives.
- every imported name of a file that is no test: the module is imported, and the name taken from it. A module must be the
  file that the module object came from; anything else must be the very object that the target's name has in the target's
  module, and a function or class must be defined in that file. What is said to be external has no source file in the
  library, and what is unresolved cannot be imported.
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
import re
import sys
import types
import warnings

import binary_rows

DOCUMENTED = {
    "not importable": "the module that is named, or the file that names it, cannot be imported here: another platform, an"
                      " extension that was not built, a part of the tests, or what is left out below",
    "not here": "neither the module that is named nor the target that the row has binds the name in this interpreter: both"
                " do in a branch for another platform or version; or the name is one of an extension module. A star's names"
                " count so if the text of the module has them",
    "compiled": "the object is of an extension module, which takes the place of the definition in the library",
    "other branch": "the row has several candidates, and the interpreter took another one than the first",
    "says so": "the row is `unresolved` and the reason says why a name may be there all the same: `dynamic`, `external_star`",
    "run time": "a name that is set while a module runs, by a decorator or a table of `sys.modules`; see RUN_TIME",
    "frozen": "the import system itself, which has another name while it starts: `_frozen_importlib`",
    "open list": "`__all__` holds more than is written down: all public names are taken; see OPEN",
    "star of outside": "what an extension module brings by a star is not known; see OUTSIDE",
}  # fmt: skip
# Names that no statement binds.
RUN_TIME = {
    "re.IGNORECASE": "a decorator, `enum.global_enum`",
    "typing.io": "a class of `typing` that it puts into `sys.modules`",
    "typing.re": "the same",
    "idlelib.__init__": "a package by the name of its file",
}  # fmt: skip
# Modules whose `__all__` is computed.
OPEN = {"tkinter", "token", "ctypes.wintypes"}
# Modules whose stars come from an extension module, or that make names from others.
OUTSIDE = {"sqlite3.dbapi2", "re._constants", "sre_constants"}

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


def is_compiled(value):
    """Whether an object comes from an extension module."""
    if isinstance(value, type):
        made_here = any(isinstance(v, types.FunctionType) for v in vars(value).values()) or "__firstlineno__" in vars(value)
        return not made_here and not value.__flags__ & 1 << 9 or (not made_here and "__weakref__" not in vars(value))
    return isinstance(value, (types.BuiltinFunctionType, types.MethodDescriptorType)) or (
        callable(value) and type(value).__name__ == "_lru_cache_wrapper"
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
            if row.module is None or is_left_out(row.module) or row.is_stub or {"test", "tests"} & set(row.path.split("/")):
                self.counts["modules without a name, stubs and tests"] += 1
                continue
            if row.module.split(".")[0] in ("config-3", "lib-dynload"):
                continue
            there = sys.modules.get(row.module)
            if there is not None and there.__spec__ is not None and there.__spec__.name != row.module:
                # The module has put another one in its place.
                self.counts["modules: run time"] += 1
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
            if found is None and spec is not None and spec.origin == "frozen":
                self.counts["frozen"] += 1
                continue
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
            return "agrees" if row.target_kind in ("external", "unresolved") else "not importable"
        value = self.value(row)
        if row.target_kind == "unresolved":
            if value is MISSING:
                return "agrees"
            if row.reason in ("dynamic", "external_star"):
                return "says so"
            name = "%s.%s" % (row.absolute_module, row.name) if row.name else row.absolute_module
            return "run time" if {name, row.absolute_module} & set(RUN_TIME) else None
        if value is MISSING:
            return self.missing(row)
        if row.target_kind == "external":
            if "_frozen_importlib" in row.target_module:
                return "frozen"
            return "agrees" if self.is_outside(row.target_module) else None
        return self.found(row, value)

    def missing(self, row):
        """The module does not have the name: then the target must not, either."""
        if row.target_kind == "external":
            return "not here" if self.is_outside(row.target_module) else None
        if row.target_kind == "module":
            return "not here" if self.load(row.target_module) is None else None
        target = self.load(row.target_module)
        own = row.target_qualified_name[len(row.target_module) + 1 :]
        return "not here" if target is None or not hasattr(target, own) else None

    def is_outside(self, name):
        module = self.load(name)
        return module is None or self.file_of(module) is None

    def found(self, row, value):
        """The value is what the row says it is."""
        if row.target_kind == "module":
            if not isinstance(value, types.ModuleType):
                return "other branch" if row.candidate_count > 1 else None
            file = self.file_of(value)
            if file == row.target_path:
                return "agrees"
            if file is None and getattr(value.__spec__, "origin", None) == "frozen":
                return "frozen" if value.__name__ == row.target_module else None
            if sys.modules.get(row.target_module) is value and value.__spec__.name != row.target_module:
                # The module has put another one in its place.
                return "run time"
            return "other branch" if row.candidate_count > 1 else None
        target = self.load(row.target_module)
        if target is None:
            return "not importable"
        own = row.target_qualified_name[len(row.target_module) + 1 :]
        there = getattr(target, own, MISSING)
        if there is value or row.target_kind == "implicit":
            return self.defined(row, value, own)
        if row.candidate_count > 1:
            return "other branch"
        return "compiled" if is_compiled(value) or is_compiled(there) else None

    def defined(self, row, value, own):
        """The same object is reached by the name of the target: it must be defined there."""
        if row.target_kind != "definition":
            return "agrees"
        if is_compiled(value):
            return "compiled"
        code = getattr(inspect.unwrap(value), "__code__", None) if callable(value) else None
        if code is not None and code.co_name == own and code.co_filename.endswith(row.target_path):
            return "agrees"
        with open(os.path.join(self.folder, row.target_path), encoding="utf-8") as file:
            text = file.read()
        if re.search(r"^\s*(async\s+)?(def|class)\s+%s\b" % re.escape(own), text, re.MULTILINE):
            return "agrees"
        return None

    def star(self, row, names):
        """The names that a star brings are those that the interpreter binds."""
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
        missing = [n for n in missing if not isinstance(space[n], types.ModuleType) or self.file_of(space[n]) is None]
        if not missing and not extra:
            # A submodule that was imported elsewhere.
            return "run time"
        if not missing and not any(hasattr(module, n) for n in extra):
            text = inspect.getsource(module)
            if all(re.search(r"\b%s\b" % re.escape(n), text) for n in extra):
                return "not here"
        if not missing and row.absolute_module in OPEN:
            return "open list"
        if not extra and row.absolute_module in OUTSIDE:
            return "star of outside"
        print("%s: star of %s: missing %s, too many %s" % (row.path, row.absolute_module, missing, extra))
        return None

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

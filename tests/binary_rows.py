"""Rows of the `codeanatomy` binary and files of a folder, for the judges beside this file."""

import collections
import itertools
import json
import os
import pathlib
import subprocess
import sys
import tempfile

FILES_PER_QUERY = 100


def default_binary():
    """The release build, wherever cargo was told to put it."""
    target = os.environ.get("CARGO_TARGET_DIR") or pathlib.Path(__file__).resolve().parent.parent / "target"
    return os.path.join(target, "release", "codeanatomy")


def add_arguments(parser):
    """The arguments that every judge takes."""
    parser.add_argument("--binary", default=default_binary(), help="the program to judge (default: %(default)s)")
    parser.add_argument("--dump", metavar="PATH", help="take rows from the example `dump` of the extractor instead")
    parser.add_argument("--sample", type=int, default=1, metavar="N", help="compare every N-th file only")
    add_summary(parser)
    parser.add_argument("folders", nargs="+", metavar="FOLDER")


def add_summary(parser):
    parser.add_argument("--summary", metavar="PATH", help="write what was compared as JSON, as `judge_all.py` wants it")


def write_summary(arguments, files, rows, differences, documented=()):
    """Writes how many files and rows were compared, and the counts of differences by class, if that is asked for."""
    if arguments.summary:
        summary = {"files": files, "rows": rows, "differences": dict(differences), "documented": dict(documented)}
        with open(arguments.summary, "w", encoding="utf-8") as file:
            json.dump(summary, file)


def python_files(folder):
    """Paths of Python files in the order of their bytes; no links, hidden files or installed packages."""
    found = []
    for at, folders, names in os.walk(folder):
        folders[:] = [f for f in folders if f != "site-packages" and not f.startswith(".")]
        for name in names:
            path = os.path.join(at, name)
            if name.endswith(".py") and not name.startswith(".") and not os.path.islink(path):
                found.append(os.path.relpath(path, folder).replace(os.sep, "/"))
    return sorted(found)


def parents(path):
    """A path and the folders that it is in: `a`, `a/b`, `a/b/c.py`."""
    return itertools.accumulate(path.split("/"), lambda folder, name: folder + "/" + name)


def json_rows(command, columns, dataset):
    """The rows that a program prints as lines of JSON, as tuples of these columns."""
    if sys.platform == "emscripten":
        yield from wasm_rows(command, columns, dataset)
        return
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            for line in process.stdout:
                row = json.loads(line)
                # A cell that is null is left out of its line.
                yield tuple(row.get(column) for column in columns)
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        sys.exit("%s failed with %s on %s" % (command[0], process.returncode, dataset))


def wasm_rows(command, columns, dataset):
    """The same where there are no processes: the host runs the program (`python_wasm.mjs`)."""
    import js
    import pyodide.ffi

    with tempfile.NamedTemporaryFile("r", suffix=".json", encoding="utf-8") as file:
        status = js.run_program(pyodide.ffi.to_js(command), file.name)
        for line in file:
            row = json.loads(line)
            yield tuple(row.get(column) for column in columns)
    if status != 0:
        sys.exit("%s failed with %s on %s" % (command[0], status, dataset))


class Source:
    """A folder, every N-th file of it that git does not ignore, and the rows that the binary has of them."""

    def __init__(self, arguments, folder):
        self.binary, self.dump, self.folder = arguments.binary, getattr(arguments, "dump", None), folder
        ignored = {path for (path,) in self.rows("file_scope", ["path"], "path", ["reason = 'ignored'"])}
        in_scope = (path for path in python_files(folder) if ignored.isdisjoint(parents(path)))
        self.paths = list(itertools.islice(in_scope, 0, None, arguments.sample))

    def rows(self, dataset, columns, order, conditions):
        """Rows as tuples, in order, as they come; one query per condition."""
        if self.dump:
            yield from self.dumped(dataset, columns)
            return
        query = "SELECT %s FROM %s WHERE %%s ORDER BY %s;\n" % (", ".join(columns), dataset, order)
        # In a file, since the text may be longer than an argument can be.
        with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as file:
            file.writelines(query % condition for condition in conditions)
            file.flush()
            command = [self.binary, "-q", "--format", "nd-json", "--maxrows", "inf", "--source", self.folder]
            command += ["--exclude", "site-packages/", "-f", file.name]
            yield from json_rows(command, columns, dataset)

    def dumped(self, dataset, columns):
        """Rows of all files in the dataset's own order; of `file_scope`, those that git ignores."""
        wanted = list(columns) + ["reason"] * (dataset == "file_scope")
        command = [self.dump, self.folder, dataset, ",".join(wanted)]
        for row in json_rows(command, list(columns) + ["reason"] * (dataset == "file_scope"), dataset):
            if dataset != "file_scope":
                yield row
            elif row[-1] == "ignored":
                yield row[:-1]

    def conditions(self):
        """Conditions on `path` that pick the files in order, some at a time: the binary gathers what it prints."""
        quoted = ["'%s'" % path.replace("'", "''") for path in self.paths]
        for start in range(0, len(quoted), FILES_PER_QUERY):
            yield "path IN (%s)" % ", ".join(quoted[start : start + FILES_PER_QUERY])

    def files(self, *queries):
        """Each of `paths` with, for every query (dataset, columns, order), its rows, which may be none.

        The first column is the path. One file at a time is in memory.
        """
        groups = [self.by_file(*query) for query in queries]
        for path in self.paths:
            yield (path, *map(next, groups))
        for rest in groups:
            # To the end, where a failure of the binary is noticed.
            collections.deque(rest, maxlen=0)

    def by_file(self, dataset, columns, order):
        """The rows of each of `paths`."""
        groups = itertools.groupby(self.rows(dataset, columns, order, self.conditions()), lambda row: row[0])
        at, rows = next(groups, (None, ()))
        for path in self.paths:
            while at is not None and at < path:
                at, rows = next(groups, (None, ()))
            yield list(rows) if at == path else []
        collections.deque(groups, maxlen=0)

#!/usr/bin/env python3
"""Runs every judge over every interpreter that is there, and over the source distributions that are asked for.

    python3 tests/judge_all.py [--binary PATH | --dump PATH] [--sdists] [--sample N] [FOLDER…]

Interpreters are CPython 3.9 to 3.14: `python3.N` on the path, those of pyenv, and with `--pyodide FOLDER` that of an unpacked
Pyodide release (the npm package), which runs in Node.js. Each judges its own whole library, and the `.pyc` that it makes of it.
Folders and source distributions are judged by the newest one that runs by itself, or by all of them with `--each`.

`--sdists` downloads Django, SymPy, NumPy and Home Assistant with pip, once, into `--cache`; or those that are named. pip makes
the metadata of what it downloads, which takes minutes where a build tool is needed for it.

It prints a table with a row for each run: judge, interpreter, source, files and rows compared, differences that are not
documented, and those that are, by class. The documentation of the classes is in the judges. What fails is written below.
The exit code is 1 if there is a difference that is not documented or a run that failed.
"""

import argparse
import collections
import concurrent.futures
import glob
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile

import binary_rows

HERE = pathlib.Path(__file__).resolve().parent
# From the cheapest to the dearest.
JUDGES = ["lines", "symtable", "ast", "names", "tokens", "imports", "def_use", "dis", "treesitter"]
# Positions of instructions are there since 3.11.
SINCE = collections.defaultdict(lambda: (3, 9), def_use=(3, 11))
SUPPORTED = (3, 9), (3, 14)
SDISTS = ["django", "sympy", "numpy", "homeassistant"]
ASK = """
import json, platform, sys, sysconfig
print(json.dumps([sys.version_info[:3], platform.python_implementation(), sysconfig.get_paths()["stdlib"]]))
"""

Interpreter = collections.namedtuple("Interpreter", "version command library is_wasm")
Run = collections.namedtuple("Run", "judge interpreter source arguments")
TABLE = "%-10s %-8s %-20s %8s %10s %12s %6s  %s"


def interpreters(extra):
    """One for each version, by version."""
    candidates = extra + [shutil.which("python3.%d" % minor) for minor in range(SUPPORTED[0][1], SUPPORTED[1][1] + 1)]
    candidates += sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/*/bin/python3"))) + [sys.executable]
    found = {}
    for path in filter(None, candidates):
        try:
            answer = subprocess.run([path, "-c", ASK], capture_output=True, text=True, check=True, timeout=60).stdout
            version, implementation, library = json.loads(answer)
        except (OSError, ValueError, subprocess.SubprocessError):
            continue
        if implementation == "CPython" and SUPPORTED[0] <= tuple(version[:2]) <= SUPPORTED[1]:
            found.setdefault(tuple(version[:2]), Interpreter(tuple(version), [path], library, False))
    return [found[version] for version in sorted(found)]


def pyodide(release, cache):
    """The interpreter of a Pyodide release, with its library unpacked."""
    node = shutil.which("node")
    if node is None:
        raise SystemExit("--pyodide needs Node.js: `node` is not on the path")
    library = pathlib.Path(cache, "pyodide", "lib")
    if not library.exists():
        with zipfile.ZipFile(pathlib.Path(release, "python_stdlib.zip")) as archive:
            archive.extractall(library)
    command = [node, str(HERE / "python_wasm.mjs"), str(release)]
    script = pathlib.Path(cache, "pyodide", "version.py")
    script.write_text("import sys\nprint(*sys.version_info[:3])\n")
    version = subprocess.run(command + [str(script)], capture_output=True, text=True, check=True).stdout
    return Interpreter(tuple(map(int, version.split())), command, str(library), True)


def sdist(name, cache):
    """The folder of a source distribution, which pip downloads if it is not there. None, with a message, if it cannot."""
    folder = pathlib.Path(cache, "sdists", name)
    if not folder.exists():
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", name, "--dest", scratch, name]
            done = subprocess.run(command, capture_output=True, text=True)
            archives = glob.glob(os.path.join(scratch, "*.tar.gz")) + glob.glob(os.path.join(scratch, "*.zip"))
            if done.returncode != 0 or not archives:
                said = (done.stderr.strip() or done.stdout.strip() or "nothing was said").splitlines()[-1]
                print("%s was not downloaded, so it is not judged; is the network there? pip says: %s" % (name, said))
                return None
            target = os.path.join(scratch, "unpacked")
            with tarfile.open(archives[0]) if archives[0].endswith(".tar.gz") else zipfile.ZipFile(archives[0]) as archive:
                archive.extractall(target)
            folder.parent.mkdir(parents=True, exist_ok=True)
            os.replace(target, folder)
    return folder


def has_treesitter(command):
    return subprocess.run(command + ["-c", "import tree_sitter"], capture_output=True).returncode == 0


def plan(arguments):
    """All runs, and remarks on what is left out."""
    os.makedirs(arguments.cache, exist_ok=True)
    there, remarks = interpreters(arguments.python), []
    if arguments.pyodide:
        there.append(pyodide(arguments.pyodide, arguments.cache))
    if arguments.versions:
        there = [i for i in there if "%d.%d" % i.version[:2] in arguments.versions.split(",")]
    if not there:
        raise SystemExit("no interpreter from 3.%d to 3.%d is there" % (SUPPORTED[0][1], SUPPORTED[1][1]))
    missing = set(range(SUPPORTED[0][1], SUPPORTED[1][1] + 1)) - {i.version[1] for i in there}
    remarks += ["no CPython 3.%d is there" % minor for minor in sorted(missing)]
    own = [i for i in there if not i.is_wasm] or there
    sources = [("library", i.library, [i]) for i in there if not arguments.no_libraries]
    for folder in arguments.folders:
        sources.append((os.path.basename(os.path.abspath(folder)), folder, there if arguments.each else own[-1:]))
    for name in arguments.sdists or []:
        folder = sdist(name, arguments.cache)
        if folder is None:
            remarks.append("no source distribution of %s" % name)
        else:
            sources.append((name, str(folder), there if arguments.each else own[-1:]))
    judges = arguments.judges.split(",")
    syntax_trees = next((i.command[0] for i in own if has_treesitter(i.command)), None)
    syntax_trees = arguments.treesitter or syntax_trees
    if "treesitter" in judges and syntax_trees is None:
        remarks.append("the package tree_sitter is not installed for any of them: no treesitter")
    runs = []
    for judge in judges:
        for source, folder, by in sources:
            if judge == "treesitter":
                # It is not about the interpreter.
                if syntax_trees and not (source == "library" and by[0] != own[-1]):
                    interpreter = by[-1]._replace(command=[syntax_trees])
                    runs.append(Run(judge, interpreter, source, [folder]))
                continue
            if judge == "imports":
                # It imports the library that it judges.
                by = [i for i in by if source == "library" and not i.is_wasm and not arguments.dump]
            runs += [Run(judge, i, source, [folder]) for i in by if i.version >= SINCE[judge]]
    runs += [Run("scip", own[-1]._replace(command=[arguments.scip_python]), os.path.basename(i), [i]) for i in arguments.scip]
    return runs, remarks


def judged(run, arguments):
    """What a run says: its summary, what it printed, and how long it took."""
    with tempfile.NamedTemporaryFile("r", suffix=".json") as summary:
        rows = ["--dump", arguments.dump] if arguments.dump else ["--binary", arguments.binary]
        command = run.interpreter.command + [str(HERE / ("judge_%s.py" % run.judge)), "--summary", summary.name] + rows
        if run.judge != "scip":
            command += ["--sample", str(arguments.sample)]
        start = time.monotonic()
        # Errors of the judge, such as of a file that is not there, are among what it prints.
        done = subprocess.run(command + run.arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        text = summary.read()
    return json.loads(text) if text else None, done, time.monotonic() - start


def line(run, summary, seconds):
    version = ".".join(map(str, run.interpreter.version)) + ("w" if run.interpreter.is_wasm else "")
    if summary is None:
        cells = ["-", "-", "failed", ""]
    else:
        documented = ", ".join("%s %d" % pair for pair in sorted(summary["documented"].items()) if pair[1])
        cells = [summary["files"], summary["rows"], sum(summary["differences"].values()), documented]
    cells = [run.judge, version, run.source, *cells[:3], "%.0f" % seconds, cells[3]]
    return TABLE % tuple(cells)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=binary_rows.default_binary(), help="the program to judge (default: %(default)s)")
    parser.add_argument("--dump", metavar="PATH", help="take rows from the example `dump` of the extractor instead")
    parser.add_argument("--sample", type=int, default=1, metavar="N", help="compare every N-th file only")
    parser.add_argument("--judges", default=",".join(JUDGES), metavar="A,B", help="which (default: %(default)s)")
    parser.add_argument("--versions", metavar="3.N,…", help="only these interpreters")
    parser.add_argument("--python", action="append", default=[], metavar="PATH", help="one more interpreter, preferred")
    parser.add_argument("--pyodide", metavar="FOLDER", help="the npm package, for the version of Python that it has")
    parser.add_argument("--treesitter", metavar="PYTHON", help="the interpreter that has the packages of that judge")
    parser.add_argument("--scip", action="append", default=[], metavar="INDEX=FOLDER", help="an index to judge")
    parser.add_argument("--scip-python", default=sys.executable, metavar="PYTHON", help="the interpreter that has `protobuf`")
    parser.add_argument("--no-libraries", action="store_true", help="leave the interpreters' libraries out")
    parser.add_argument("--each", action="store_true", help="judge sources by every interpreter")
    parser.add_argument("--sdists", nargs="*", metavar="NAME", help="source distributions (default: %s)" % " ".join(SDISTS))
    cache = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "codeanatomy", "judges")
    parser.add_argument("--cache", default=cache, metavar="FOLDER", help="where downloads are kept (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N", help="runs at a time (default: %(default)s)")
    parser.add_argument("folders", nargs="*", metavar="FOLDER")
    arguments = parser.parse_args()
    if arguments.sdists == []:
        arguments.sdists = SDISTS
    runs, remarks = plan(arguments)
    for remark in remarks:
        print("left out: " + remark)
    print(TABLE % ("judge", "CPython", "source", "files", "rows", "undocumented", "s", "documented"))
    failures = []
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        waiting = {pool.submit(judged, run, arguments): run for run in runs}
        for future in concurrent.futures.as_completed(waiting):
            run, (summary, done, seconds) = waiting[future], future.result()
            print(line(run, summary, seconds), flush=True)
            if done.returncode != 0 or summary is None:
                failures.append((run, done.stdout.decode(errors="replace")))
    for run, text in failures:
        print("\n== %s, %s, %s" % (run.judge, ".".join(map(str, run.interpreter.version)), run.source))
        print(text[-5000:])
    print("%d runs, %d with differences that are not documented or without a result" % (len(runs), len(failures)))
    sys.exit(1 if failures or not runs else 0)


if __name__ == "__main__":
    main()

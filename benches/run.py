#!/usr/bin/env python3
"""What extraction and a whole build cost, beside `ast.parse` of the interpreter that runs this, measured in one run.

    python3 benches/run.py [--repeats N] [--check] [--json] [--extract COMMAND] [--binary PATH] [SOURCE]

The Python files of SOURCE (default: the interpreter's own standard library) are copied to a folder of their own, without
installed packages, so that all see the same files, warm. They take turns, N times. CPU is user and system time of
the whole process; of `ast.parse` only the parsing counts, not the start of the interpreter and the reading of the files.
The least CPU of each is compared. `--check` exits with 1 if a bound is exceeded.
"""

import argparse
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
# The most CPU as a ratio to `ast.parse`, and the most memory in bytes.
CPU_BOUNDS = {"definitions": 0.1, "ast_nodes": 0.15, "core": 0.3, "everything": 0.5, "build": 3.0}
# The datasets that are extracted together, by the name of the measurement; none stands for all that need no other parser.
EXTRACTIONS = {
    "definitions": ["definitions"],
    "ast_nodes": ["ast_nodes"],
    # What the rules look up.
    "core": [
        "files", "lines", "ast_nodes", "definitions", "references", "imports", "calls", "scopes", "symbols", "bindings",
        "parse_errors",
    ],
    "everything": [],
}  # fmt: skip
MEMORY_BOUND = 1_000_000_000
# What a child of this script is told to parse.
PARSE = """
import ast, pathlib, sys, time, warnings
warnings.simplefilter("ignore")
sys.setrecursionlimit(20_000)
sources = [path.read_bytes() for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py"))]
started = time.process_time(), time.perf_counter()
for source in sources:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
print(time.process_time() - started[0], time.perf_counter() - started[1])
"""


def target_folder():
    """Where cargo puts what it builds."""
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")


def python_files(folder):
    """Relative paths of Python files; no links, hidden files or installed packages."""
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if f != "site-packages" and not f.startswith("."))
        for name in sorted(names):
            path = pathlib.Path(at, name)
            if name.endswith(".py") and not name.startswith(".") and not path.is_symlink():
                yield path.relative_to(folder)


def copy_files(source, folder):
    """Copies the Python files; their number and bytes."""
    count = size = 0
    for path in python_files(source):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / path, folder / path)
        count, size = count + 1, size + (folder / path).stat().st_size
    return count, size


def measure(command):
    """CPU seconds, wall seconds, peak bytes and the output of a command that must succeed."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=errors)
        # Of this child alone; the sum over all children would not give a peak for each.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            sys.exit(f"{shlex.join(command)} failed: {errors.read().decode(errors='replace')[-2000:]}")
        # Kibibytes, but for macOS.
        peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return usage.ru_utime + usage.ru_stime, wall, peak, output.read().decode(errors="replace")


def measure_parse(folder):
    """The figures of `ast.parse`, with the times that the child took itself."""
    *_, peak, output = measure([sys.executable, "-c", PARSE, str(folder)])
    cpu, wall = map(float, output.split())
    return cpu, wall, peak


def measure_build(binary, folder, scratch):
    """The figures of a build of nothing that is there already."""
    graph = scratch / "graph"
    try:
        return measure([binary, "build", str(folder), "--out", str(graph)])[:3]
    finally:
        shutil.rmtree(graph, ignore_errors=True)


def least(name, runs, reference):
    """The figures of the run with the least CPU, and the highest peak of all."""
    cpu, wall, _ = min(runs)
    peak = max(run[2] for run in runs)
    ratio = cpu / reference
    bound = CPU_BOUNDS.get(name)
    within = bound is None or (ratio <= bound and peak <= MEMORY_BOUND)
    return {"name": name, "cpu_seconds": cpu, "wall_seconds": wall, "ratio": ratio, "ratio_bound": bound,
            "peak_bytes": peak, "peak_bound": MEMORY_BOUND if bound else None, "within_bounds": within}  # fmt: skip


def print_table(report):
    print(f"{report['files']} files, {report['bytes'] / 1e6:.1f} MB, {report['repeats']} runs each; {report['python']}")
    print(f"{'':<12}{'CPU s':>9}{'wall s':>9}{'ratio':>8}{'bound':>7}{'peak MB':>9}{'bound':>7}")
    for row in report["rows"]:
        bounds = (f"{row['ratio_bound']}", f"{row['peak_bound'] / 1e6:.0f}") if row["ratio_bound"] else ("", "")
        print(
            f"{row['name']:<12}{row['cpu_seconds']:>9.2f}{row['wall_seconds']:>9.2f}{row['ratio']:>8.3f}{bounds[0]:>7}"
            f"{row['peak_bytes'] / 1e6:>9.0f}{bounds[1]:>7}{'' if row['within_bounds'] else '  EXCEEDED'}"
        )
    for name, reason in report["not_measured"].items():
        print(f"{name:<12}not measured: {reason}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    release = target_folder() / "release"
    parser.add_argument("source", nargs="?", type=pathlib.Path, default=sysconfig.get_paths()["stdlib"])
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="runs of each (default: %(default)s)")
    parser.add_argument("--binary", default=str(release / "codeanatomy"), help="default: %(default)s")
    parser.add_argument(
        "--extract",
        default=shlex.quote(str(release / "examples" / "extract_all")),
        metavar="COMMAND",
        help="extracts datasets of the folder that follows, all or those named behind it (default: %(default)s)",
    )
    parser.add_argument("--check", action="store_true", help="exit with 1 if a bound is exceeded")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    arguments = parser.parse_args()
    if arguments.repeats < 1:
        parser.error("--repeats must be at least 1")
    extract = shlex.split(arguments.extract)
    runs, not_measured = {"ast.parse": []}, {}
    for name, program in [*((name, extract[0]) for name in EXTRACTIONS), ("build", arguments.binary)]:
        if shutil.which(program):
            runs[name] = []
        else:
            not_measured[name] = f"there is no {program}"
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        folder = scratch / "source"
        files, size = copy_files(arguments.source, folder)
        if not files:
            parser.error(f"there is no Python file in {arguments.source}")
        for _ in range(arguments.repeats):
            runs["ast.parse"].append(measure_parse(folder))
            for name in EXTRACTIONS.keys() & runs.keys():
                chosen = [",".join(EXTRACTIONS[name])] if EXTRACTIONS[name] else []
                runs[name].append(measure([*extract, str(folder), *chosen])[:3])
            if "build" in runs:
                runs["build"].append(measure_build(arguments.binary, folder, scratch))
    reference = min(runs["ast.parse"])[0]
    report = {
        "python": f"CPython {sys.version.split()[0]}",
        "files": files,
        "bytes": size,
        "repeats": arguments.repeats,
        "rows": [least(name, of, reference) for name, of in runs.items()],
        "not_measured": not_measured,
    }
    if arguments.json:
        print(json.dumps(report, indent=2))
    else:
        print_table(report)
    if arguments.check and not all(row["within_bounds"] for row in report["rows"]):
        sys.exit(1)


if __name__ == "__main__":
    main()

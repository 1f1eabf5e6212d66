#!/usr/bin/env python3
"""Compares `call_graph` with what small programs call when they run.

    python3 tests/judge_profile.py [--binary PATH] [--show] [--write] [FOLDER]

FOLDER, `tests/programs` by default, has a folder per program with a `main.py` that runs all of its code. It is run under
`sys.setprofile`, and every call between its functions is an edge, also through library code. A call between functions of the program that
is not in `call_graph` is missing; one that is there and does not happen is extra. Classes and modules that run their bodies, and
comprehensions, are the code around them; lambdas are told apart by what they are in alone. It needs Python 3.11.

The results are compared with `tests/profile_results.txt`, which `--write` writes anew; the exit code is 1 if a program has more missing or
extra edges than there. What differs for a known reason:

- `async_code`: a coroutine that `gather` runs is called where it is made; the profile says so where it first runs.
- `conditional_import`, `exceptions`, `operators_reflected`, `dispatch_types`: what a condition decides, which handler catches, and which class a value is
  tested for are not evaluated; `raise_values`: nor which classes below the one that is caught are raised.
- `generator_pipeline`: the same of a generator; `cached_values`: the second read of a cached property is not told from the first.
- `decorator_arguments`: callers of a decorator's inner function are not told apart; `dataclass_callables`: nor what a field is given by its place.
- `contextlib_forms`, `functional_tools`, `all_sum`: `closing`, `ExitStack.callback`, `methodcaller`, and a list `__all__` that grows by `append`.
- `dispatch_table`, `lazy_module`: attributes and modules by names that are computed; `key_functions`: hashes of what comes into a set.
"""

import argparse
import csv
import io
import json
import os
import pathlib
import re
import runpy
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
RESULTS = HERE / "profile_results.txt"
COMPREHENSIONS = re.compile(r"(\.<locals>)?\.?<(genexpr|listcomp|setcomp|dictcomp)>")
QUERY = "SELECT DISTINCT caller, callee FROM call_graph WHERE resolution IN ('function', 'constructor', 'lambda')"


def profile(folder):
    """Runs a program and prints its edges."""
    folder = os.path.abspath(folder)
    os.chdir(folder)
    sys.path.insert(0, folder)
    sys.dont_write_bytecode = True
    edges, seen = set(), {}

    def is_inside(frame):
        return frame.f_code.co_filename.startswith(folder + os.sep)

    def name(code):
        module = os.path.relpath(code.co_filename, folder)[: -len(".py")].replace(os.sep, ".").removesuffix(".__init__")
        inner = COMPREHENSIONS.sub("", code.co_qualname).lstrip(".").removeprefix("<locals>.").replace(".<locals>", "")
        return module if inner in ("", "<module>") else f"{module}.{inner}"

    def called(frame, event, _):
        # A generator is called once, and goes on with the same frame.
        if event != "call" or not is_inside(frame) or id(frame) in seen:
            return
        seen[id(frame)] = frame
        code = frame.f_code
        is_body = not code.co_flags & 1
        if is_body or COMPREHENSIONS.fullmatch(code.co_name):
            return
        caller = frame.f_back
        while caller is not None and not is_inside(caller):
            caller = caller.f_back
        if caller is not None:
            edges.add((name(caller.f_code), name(code)))

    out = sys.stdout
    with open(os.devnull, "w") as sys.stdout:
        sys.setprofile(called)
        runpy.run_path(os.path.join(folder, "main.py"), run_name="main")
        sys.setprofile(None)
    sys.stdout = out
    print(json.dumps(sorted(edges)))


def dynamic(case):
    command = [sys.executable, __file__, "--profile", str(case)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return {tuple(edge) for edge in json.loads(answer.stdout)}


def static(binary, case):
    command = [binary, "-q", "--format", "csv", "--source", str(case), "-c", QUERY]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    plain = lambda text: re.sub(r"<lambda\d+>", "<lambda>", text)
    return {(plain(row["caller"]), plain(row["callee"])) for row in csv.DictReader(io.StringIO(answer))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(HERE.parent / "target/release/codeanatomy"))
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--profile", help=argparse.SUPPRESS)
    parser.add_argument("folder", nargs="?", default=str(HERE / "programs"))
    options = parser.parse_args()
    if options.profile:
        return profile(options.profile)
    if sys.version_info < (3, 11):
        print("skipped: it needs Python 3.11")
        return 0
    results, found, missing, extra = {}, 0, 0, 0
    for case in sorted(p for p in pathlib.Path(options.folder).iterdir() if (p / "main.py").exists()):
        want, got = dynamic(case), static(options.binary, case)
        results[case.name] = len(want - got), len(got - want)
        found, missing, extra = found + len(want & got), missing + len(want - got), extra + len(got - want)
        if options.show:
            for label, edges in (("missing", want - got), ("extra", got - want)):
                for caller, callee in sorted(edges):
                    print(f"{case.name}: {label} {caller} -> {callee}")
    exact = sum(result == (0, 0) for result in results.values())
    summary = (
        f"{len(results)} programs: {exact} exact; {found} edges found, {missing} missing, {extra} extra; "
        f"precision {found / max(found + extra, 1):.4f}, recall {found / max(found + missing, 1):.4f}"
    )
    print(summary)
    if options.write:
        lines = [f"{name} {missing} {extra}" for name, (missing, extra) in sorted(results.items())]
        RESULTS.write_text("\n".join([f"# {summary}", "# program, missing, extra", *lines]) + "\n")
        return 0
    rows = [line.split() for line in RESULTS.read_text().splitlines() if not line.startswith("#")]
    before = {name: (int(missing), int(extra)) for name, missing, extra in rows}
    worse = [n for n, r in results.items() if any(a > b for a, b in zip(r, before.get(n, (0, 0))))]
    for name in worse:
        print(f"worse than before: {name} had {before.get(name)} missing and extra, has {results[name]}")
    return int(bool(worse))


if __name__ == "__main__":
    sys.exit(main())

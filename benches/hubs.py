#!/usr/bin/env python3
"""How the relations grow with one hub: a name that everything uses, a star import, a chain of classes, lambdas in each other.

    python3 benches/hubs.py [--binary PATH] [--repeats N] [--check]

Each source is made at three sizes, each twice the one before. What is measured is the CPU of a query that computes all targets of calls and
references, without that of a query of nothing; the least of N runs. `--check` exits with 1 if twice the size takes more than 2.6 times the CPU.
"""

import argparse
import pathlib
import resource
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BOUND = 2.6
QUERY = "SELECT (SELECT count(*) FROM resolved_calls) + (SELECT count(*) FROM resolved_references) + (SELECT count(*) FROM refers_to) AS n"


def name(n):
    return {"hub.py": "def f():\n    return f\n\n\n" + "f()\n" * n}


def star(n):
    return {
        "names.py": "".join(f"def f{i}():\n    pass\n" for i in range(n)),
        "user.py": "from names import *\n\n" + "".join(f"f{i}()\n" for i in range(n)),
    }


def chain(n):
    return {"chain.py": "class C0:\n    def f(self):\n        return self\n\n\n" + "".join(f"class C{i}(C{i - 1}):\n    def g{i}(self):\n        return self.f()\n\n\n" for i in range(1, n))}


def lambdas(n):
    # Parentheses in each other are bounded by the parser, lambdas are not.
    return {"deep.py": "f = " + "lambda x=g(): " * n + "0\n"}


def table(n):
    functions = "".join(f"def f{i}():\n    pass\n" for i in range(n))
    return {"table.py": functions + "TABLE = {" + ", ".join(f"'k{i}': f{i}" for i in range(n)) + "}\n\n\ndef run(key):\n    TABLE[key]()\n" + "".join(f"TABLE['k{i}']()\n" for i in range(n))}


HUBS = {
    "a name that is called": (name, 25_000),
    "a star import": (star, 2_500),
    "a chain of classes": (chain, 250),
    "lambdas in each other": (lambdas, 15_000),
    "a table of functions": (table, 5_000),
}


def cpu(binary, source, sql):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([binary, "-q", "--source", str(source), "-c", sql], capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(done.stderr)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(HERE.parent / "target/release/codeanatomy"))
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    exceeded = False
    print("| hub | size | CPU s | twice | four times |\n|---|---|---|---|---|")
    for hub, (make, size) in HUBS.items():
        times = []
        for factor in (1, 2, 4):
            with tempfile.TemporaryDirectory() as folder:
                for path, text in make(size * factor).items():
                    pathlib.Path(folder, path).write_text(text)
                runs = [cpu(options.binary, folder, QUERY) - cpu(options.binary, folder, "SELECT 1") for _ in range(options.repeats)]
                times.append(max(min(runs), 0.01))
        ratios = [b / a for a, b in zip(times, times[1:])]
        exceeded |= any(ratio > BOUND for ratio, time in zip(ratios, times[1:]) if time > 0.5)
        print(f"| {hub} | {size:,} | {times[0]:.2f} | {times[1]:.2f} | {times[2]:.2f} |", flush=True)
    return int(options.check and exceeded)


if __name__ == "__main__":
    sys.exit(main())

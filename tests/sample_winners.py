#!/usr/bin/env python3
"""Draws calls of a source and what they are said to call, to be read by a person.

    python3 tests/sample_winners.py [--binary PATH] [--seed 7] [--count 50] SOURCE

What is only found by its name, in other languages than Python, is left out.

Winners of `call_targets` are drawn evenly over all of them: those whose hashes with the seed are least, so that a change of the rules changes the sample as
little as it changes the winners. They are shown with the line of the call and the first line of what it is said to call.
"""

import argparse
import hashlib
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
WINNERS = """
SELECT t.path, c.line, c.bstart, c.bend, t.resolution, t.tied, g.caller, g.callee, d.path AS at, d.line AS at_line
FROM call_targets t
JOIN calls c ON c.call_id = t.src
JOIN call_graph g ON g.path = c.path AND g.node_id = c.node_id AND g.form = 'call'
    AND (g.callee_id = t.dst OR (g.callee_id IS NULL AND t.dst IN (stable_id('external', g.callee), stable_id('builtin', substr(g.callee, 11)))))
LEFT JOIN definitions d ON d.def_id = t.dst
WHERE t.resolution <> 'name'
ORDER BY t.path, c.bstart, g.callee
"""

def rows(binary, source, sql):
    command = [binary, "-q", "--format", "nd-json", "--maxrows", "inf", "--source", source, "-c", sql]
    answer = subprocess.run(command, capture_output=True, text=True)
    if answer.returncode:
        sys.exit(answer.stderr)
    return [json.loads(line) for line in answer.stdout.splitlines() if line.startswith("{")]


def digest(seed, row):
    return hashlib.sha256(f"{seed}:{row['path']}:{row['bstart']}:{row['callee']}".encode()).digest()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(HERE.parent / "target/release/codeanatomy"))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("source")
    options = parser.parse_args()
    winners = rows(options.binary, options.source, WINNERS)
    drawn = sorted(winners, key=lambda row: digest(options.seed, row))[: options.count]
    print(f"{len(winners)} winners, {len(drawn)} drawn by the seed {options.seed}")
    root = pathlib.Path(options.source)
    for i, row in enumerate(sorted(drawn, key=lambda r: (r["path"], r["bstart"])), 1):
        text = (root / row["path"]).read_bytes()[row["bstart"] : row["bend"]].decode("utf-8", "replace")
        place = f" ({row['at']}:{row['at_line']})" if row.get("at") else ""
        print(f"{i}. {row['path']}:{row['line']} in {row['caller']}: `{' '.join(text.split())[:100]}` -> {row['callee']}{place} [{row['resolution']}, 1 of {row['tied']}]")
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""How many calls of sources have one target, several, or none by reason, as a table of Markdown.

    python3 tests/call_shares.py [--binary PATH] NAME=SOURCE…

Of every call expression of a Python file, `resolved` has one target, `ambiguous` several that share the best score; the others have none, and a reason.
Of `may have more`, which are counted as resolved or ambiguous too, it is known that values were left out.
"""

import argparse
import csv
import io
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SHARES = """
WITH each AS (
    SELECT path, node_id, max(callee_count) AS callees, max(reason) AS reason
    FROM resolved_calls WHERE form = 'call' GROUP BY path, node_id
)
SELECT CASE WHEN callees = 0 THEN reason WHEN callees = 1 THEN 'resolved' ELSE 'ambiguous' END AS outcome, count(*) AS calls
FROM each GROUP BY 1
UNION ALL
SELECT 'may have more', count(*) FROM each WHERE callees > 0 AND reason IS NOT NULL
"""
FIRST = ["resolved", "ambiguous"]
LAST = "may have more"


def shares(binary, source):
    command = [binary, "-q", "--format", "csv", "--maxrows", "inf", "--source", source, "-c", SHARES]
    answer = subprocess.run(command, capture_output=True, text=True)
    if answer.returncode:
        sys.exit(answer.stderr)
    return {row["outcome"]: int(row["calls"]) for row in csv.DictReader(io.StringIO(answer.stdout))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(HERE.parent / "target/release/codeanatomy"))
    parser.add_argument("sources", nargs="+", metavar="NAME=SOURCE")
    options = parser.parse_args()
    names, columns = [], []
    for source in options.sources:
        name, _, folder = source.rpartition("=")
        names.append(name or folder)
        columns.append(shares(options.binary, folder))
    reasons = {outcome for column in columns for outcome in column} - {*FIRST, LAST}
    reasons = sorted(reasons, key=lambda reason: -sum(column.get(reason, 0) for column in columns))
    wholes = [sum(calls for outcome, calls in column.items() if outcome != LAST) for column in columns]
    print(f"| | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    print(f"| calls | {' | '.join(f'{whole:,}' for whole in wholes)} |")
    for outcome in [*FIRST, *reasons, LAST]:
        cells = [f"{column.get(outcome, 0) / max(whole, 1):.1%}" for column, whole in zip(columns, wholes)]
        print(f"| {outcome if outcome in (*FIRST, LAST) else f'`{outcome}`'} | {' | '.join(cells)} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())

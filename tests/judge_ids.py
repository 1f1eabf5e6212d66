#!/usr/bin/env python3
"""Checks docs/ids.json, and the functions by it, with implementations of the hashes that no one here wrote.

    python3 -m pip install xxhash blake3
    python3 tests/judge_ids.py [--binary PATH]

The bytes of parts are written anew here, as docs/ids.md says them; XXH3 and BLAKE3 are the packages'. With a binary, its SQL gives every
vector's hashes from literals.
"""

import argparse
import json
import math
import os
import struct
import subprocess
import sys

import blake3
import xxhash

HERE = os.path.dirname(os.path.abspath(__file__))


def sized(tag, content):
    return bytes([tag]) + struct.pack("<Q", len(content)) + content


def encode(part):
    kind, value = part["type"], part.get("value")
    if kind == "null":
        return b"\x00"
    if kind == "text":
        return sized(1, value.encode())
    if kind == "integer":
        number = int(value)
        return b"\x02" + struct.pack("<q", number) if number < 2**63 else b"\x03" + struct.pack("<Q", number)
    if kind == "boolean":
        return b"\x04" + bytes([value])
    if kind == "float":
        number = float(value)
        return b"\x05" + (bytes.fromhex("000000000000f87f") if math.isnan(number) else struct.pack("<d", number))
    if kind == "binary":
        return sized(6, bytes.fromhex(value))
    if kind == "date":
        return b"\x08" + struct.pack("<q", value * 86_400_000)
    if kind == "list":
        return b"\x10" + struct.pack("<Q", len(value)) + b"".join(map(encode, value))
    sys.exit("a part of the type %s is not known" % kind)


def literal(part):
    """The part in SQL."""
    kind, value = part["type"], part.get("value")
    if kind == "null":
        return "NULL"
    if kind == "text":
        return "chr(0)" if value == "\0" else "'%s'" % value.replace("'", "''")
    if kind == "integer":
        return "arrow_cast('%s', 'UInt64')" % value if int(value) >= 2**63 else "CAST('%s' AS BIGINT)" % value
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "float":
        return "CAST('%s' AS DOUBLE)" % value
    if kind == "binary":
        return "X'%s'" % value
    if kind == "date":
        return "arrow_cast(arrow_cast(%d, 'Int32'), 'Date32')" % value
    items = ", ".join(map(literal, value))
    return "[%s]" % items if value else "arrow_cast([], 'List(Int64)')"


def digest(rows):
    total = 0
    for row in rows:
        total += int.from_bytes(blake3.blake3(b"".join(map(encode, row))).digest(), "little")
    return blake3.blake3((total % 2**256).to_bytes(32, "little") + struct.pack("<Q", len(rows))).hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", help="the codeanatomy binary whose functions are checked")
    options = parser.parse_args()
    with open(os.path.join(HERE, "..", "docs", "ids.json"), encoding="utf-8") as file:
        vectors = json.load(file)
    wrong = []

    def check(what, found, expected):
        if found != expected:
            wrong.append("%s: %s, not %s" % (what, found, expected))

    for vector in vectors["vectors"]:
        content = b"".join(map(encode, vector["parts"]))
        name = json.dumps(vector["parts"])
        check("bytes of " + name, vector["bytes"], content.hex())
        check("xxh3_64 of " + name, vector["xxh3_64"], xxhash.xxh3_64_hexdigest(content))
        check("stable_hash64 of " + name, vector["stable_hash64"], str(xxhash.xxh3_64_intdigest(content) & (2**63 - 1)))
        check("stable_hash128 of " + name, vector["stable_hash128"], xxhash.xxh3_128_hexdigest(content))
        if "stable_id" in vector:
            check("stable_id of " + name, vector["stable_id"], vector["parts"][0]["value"] + ":" + vector["stable_hash128"])
    for case in vectors["digests"]:
        check("content_digest of " + json.dumps(case["rows"]), case["content_digest"], digest(case["rows"]))
    if options.binary:
        for vector in vectors["vectors"]:
            parts = ", ".join(map(literal, vector["parts"]))
            sql = "SELECT CAST(stable_hash64(%s) AS VARCHAR) AS a, stable_hash128_text(%s) AS b" % (parts, parts)
            sql += ", encode(arrow_cast(stable_hash128(%s), 'Binary'), 'hex') AS c" % parts
            expected = {"a": vector["stable_hash64"], "b": vector["stable_hash128"], "c": vector["stable_hash128"]}
            if "stable_id" in vector:
                sql += ", stable_id(%s) AS d" % parts
                expected["d"] = vector["stable_id"]
            command = [options.binary, "-q", "--format", "nd-json", "-c", sql]
            ran = subprocess.run(command, capture_output=True, text=True, check=False)
            rows = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
            check(sql + ran.stderr, rows, [expected])
    for line in wrong:
        print(line)
    total = len(vectors["vectors"]) + len(vectors["digests"])
    print("%d vectors, %d wrong" % (total, len(wrong)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

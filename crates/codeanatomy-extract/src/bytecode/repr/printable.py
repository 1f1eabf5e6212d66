#!/usr/bin/env python3
"""Writes which characters `repr` shows as they are, for several versions of Python, as the Rust module beside it.

    python3.9 printable.py ranges > 9.txt     # for each version
    python3 printable.py merge 9.txt 10.txt … > printable.rs
"""

import re
import sys

FIRST = 0x80  # What is ASCII is the same everywhere.


def ranges():
    """The ranges of printable characters of this interpreter."""
    start = None
    for code in range(FIRST, 0x110001):
        printable = code < 0x110000 and chr(code).isprintable()
        if printable and start is None:
            start = code
        elif not printable and start is not None:
            yield start, code - 1
            start = None


def read(path):
    with open(path, encoding="ascii") as file:
        minor, *lines = file.read().split("\n")
    codes = bytearray(0x110001)
    for line in filter(None, lines):
        start, end = (int(part, 16) for part in line.split())
        codes[start : end + 1] = b"\1" * (end + 1 - start)
    return int(minor), codes


def merge(paths):
    since = bytearray(0x110001)
    versions = sorted(map(read, paths))
    for minor, codes in versions:
        for code in range(FIRST, 0x110000):
            if codes[code] and not since[code]:
                since[code] = minor
            # What a version shows, all later ones show.
            assert bool(codes[code]) == bool(since[code]), hex(code)
    print("//! Written by printable.py: change that instead.")
    print()
    print("/// Ranges of characters above ASCII, with the minor version of Python 3 since which `repr` shows them; 9 stands for all before.")
    print("pub(super) const PRINTABLE: &[(u32, u32, u8)] = &[")
    # A run of one version, found on the bytes themselves.
    for run in re.finditer(rb"([^\0])\1*", bytes(since)):
        print("    (0x%x, 0x%x, %d)," % (run.start(), run.end() - 1, run.group(1)[0]))
    print("];")


def main():
    if sys.argv[1:] == ["ranges"]:
        print(sys.version_info[1])
        for start, end in ranges():
            print("%x %x" % (start, end))
    else:
        merge(sys.argv[2:])


main()

#!/usr/bin/env python3
"""Compares `files` and `lines` with how the interpreter that runs this script reads the same files.

    python3 tests/judge_lines.py [--binary PATH] [--sample N] FOLDER…

The encoding is that of `tokenize.detect_encoding`, the text that of `bytes.decode`, and the lines are those of `io.StringIO`
with `newline=""`, which ends them at LF, CRLF and CR. What Python cannot decode must have no text here, and the reverse.

One difference is documented and counted: a byte order mark that Python refuses (of UTF-16, or of UTF-8 before a comment
that says `utf8` without a hyphen). Such a file is read here.
"""

import argparse
import codecs
import collections
import hashlib
import io
import pathlib
import sys
import tokenize

import binary_rows

FILE_COLUMNS = ["path", "size", "git_blob", "encoding", "has_bom", "newline", "line_count", "text"]
LINE_COLUMNS = ["path", "line", "bstart", "bend", "newline", "is_ascii", "length_utf32", "length_utf16", "text"]
LINE_ENDS = {"\n": "lf", "\r\n": "crlf", "\r": "cr"}
MARK = "\ufeff"


def text_of(data):
    """The encoding and the text, the byte order mark included; None for both if Python does not read it."""
    try:
        name, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        # A file says ASCII and is then UTF-8 as well.
        name = {"utf-8-sig": "utf-8", "ascii": "utf-8", "us-ascii": "utf-8"}.get(name, name)
        return codecs.lookup(name).name, data.decode(name)
    except (SyntaxError, ValueError, LookupError):
        return None, None


def has_refused_mark(data):
    """Whether a file that Python does not read has a byte order mark that says how to."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    mark = codecs.BOM_UTF8
    return data.startswith(mark) and text_of(data[len(mark) :])[0] == "utf-8"


def lines_of(text):
    """The rows that `lines` should have, without the path."""
    offset, rows = 0, []
    for number, line in enumerate(io.StringIO(text, newline=""), 1):
        end = next((end for end in ("\r\n", "\n", "\r") if line.endswith(end)), "")
        inner = line[: len(line) - len(end)]
        length = len(inner.encode())
        row = (number, offset, offset + length, LINE_ENDS.get(end, "none"))
        rows.append(row + (inner.isascii(), len(inner), len(inner.encode("utf-16-le")) // 2, inner))
        offset += length + len(end)
    return rows


def newline_of(lines):
    """The column `newline` of `files`."""
    ends = {row[3] for row in lines} - {"none"}
    return "mixed" if len(ends) > 1 else next(iter(ends), "none")


def row_of(data, text, encoding):
    """The row that `files` should have, without the path, and the lines."""
    blob = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
    if text is None:
        return (len(data), blob, None, None, None, None, None), []
    lines = lines_of(text)
    return (len(data), blob, encoding, text.startswith(MARK), newline_of(lines), len(lines), text), lines


def compared(row):
    """A row of ours in the form of `row_of`."""
    size, blob, encoding, has_bom, *rest = row
    if encoding is None:
        return (size, blob, None, None, *rest)
    return (size, blob, codecs.lookup(encoding).name, has_bom, *rest)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    binary_rows.add_arguments(parser)
    arguments = parser.parse_args()
    files = line_count = undecodable = refused = 0
    differences = collections.defaultdict(list)
    for folder in arguments.folders:
        source = binary_rows.Source(arguments, folder)
        queries = ("files", FILE_COLUMNS, "path"), ("lines", LINE_COLUMNS, "path, line")
        for path, file_rows, line_rows in source.files(*queries):
            data = pathlib.Path(folder, path).read_bytes()
            encoding, text = text_of(data)
            if text is None and has_refused_mark(data):
                refused += 1
                continue
            file, lines = row_of(data, text, encoding)
            files += 1
            line_count += len(lines)
            undecodable += text is None
            if len(file_rows) != 1:
                differences["rows of files"].append(path)
                continue
            for column, ours, theirs in zip(FILE_COLUMNS[1:], compared(file_rows[0][1:]), file):
                if ours != theirs:
                    differences["files." + column].append(path)
            if len(lines) != len(line_rows):
                differences["rows of lines"].append(path)
            for ours, theirs in zip(line_rows, lines):
                for column, our, their in zip(LINE_COLUMNS[1:], ours[1:], theirs):
                    if our != their:
                        differences["lines." + column].append("%s:%s" % (path, theirs[0]))
    version = sys.version.split()[0]
    print("%d files compared with CPython %s, %d of them not decodable, %d lines" % (files, version, undecodable, line_count))
    if refused:
        print("  documented: a byte order mark that Python refuses: %d files not compared" % refused)
    for category, where in sorted(differences.items()):
        print("  DIFFERENCE: %s: %d, as in %s" % (category, len(where), ", ".join(where[:5])))
    counts = {category: len(where) for category, where in differences.items()}
    binary_rows.write_summary(arguments, files, line_count, counts, {"refused": refused} if refused else {})
    if not files:
        sys.exit("nothing was compared")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()

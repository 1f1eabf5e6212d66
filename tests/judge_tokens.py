#!/usr/bin/env python3
"""Compares `tokens`, `comments` and `docstrings` with `tokenize`, `ast` and `inspect` of the interpreter that runs this.

    python3 tests/judge_tokens.py [--binary PATH | --dump PATH] [--sample N] [--show N] FOLDER…

Every file that `tokenize` reads to its end is compared token by token: type, exact type, text, lines, columns, and the
byte span that follows from them. `comments`: span, text, line, whether they stand alone, the definition that they belong
to, which are `# type: ignore` by `ast`, and which declares the encoding. `docstrings`: owner, span, value and cleaned
value as `ast.get_docstring` gives them. The exit code is 1 if there is a difference that is not documented here.

Documented differences, each counted under its name:

fstring     Before 3.12, an f-string is one STRING: our tokens of it are compared as a whole.
cr          `tokenize` does not know CR as a line end: such a file is compared with CR and CRLF replaced by LF.
rejected    `tokenize` reads the file, but `ast.parse` does not, so that our parser may have read the tokens differently
            while it looked for a way on. Tokens that differ in such files.
end_column  3.12 gives a token of several lines another end column if the file is not ASCII: it counts as many bytes as its
            last line has, but in the text from its first line on.
last_line   Before 3.12, the NL of a last line without line end has no width, and white space without a line end has none.
continued   Before 3.12, `tokenize` takes a line of white space and a backslash for a line of code, where the compiler joins
            it with the next. Tokens that differ in such files.
identifier  Before 3.12, `tokenize` does not know all characters of identifiers.
cleandoc    Before 3.13, `inspect.cleandoc` takes all Unicode white space for indentation: docstrings where it matters.
surrogate   A lone surrogate in a docstring is U+FFFD.
type_misplaced  With `type_comments`, `ast.parse` refuses files whose type comments stand where it expects none.
"""

import argparse
import ast
import collections
import itertools
import math
import pathlib
import re
import sys
import tokenize
import warnings

import binary_rows
from source_text import Owners, Text, declaration, indent

TOKENS = "path token_id kind exact_kind text bstart bend line col_utf32 end_line end_col_utf32".split()
COMMENTS = "path bstart bend kind is_own_line container_id text line".split()
DOCSTRINGS = "path node_id owner_kind def_id qualified_name bstart bend value cleaned summary line_count line".split()
DEFINITIONS = "path def_id kind name bstart bend".split()
IS_OLD = sys.version_info < (3, 12)
DEFINITIONS_OF_AST = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
CODE_LESS = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)


def whole_fstrings(rows, text, documented):
    """Our tokens with those of an f-string as one, as it was before 3.12."""
    whole, start, depth = [], None, 0
    for row in rows:
        if row[0] == "FSTRING_START":
            start = start or row
            depth += 1
        elif row[0] == "FSTRING_END":
            depth -= 1
            if depth == 0:
                documented["fstring"] += 1
                span = start[3], row[4]
                string = text.text.encode()[span[0] - text.mark : span[1] - text.mark].decode()
                whole.append(("STRING", "STRING", string, *span, *start[5:7], *row[7:9]))
                start = None
        elif depth == 0:
            whole.append(row)
    return whole


def old_conventions(ours, theirs, text, documented):
    """Leaves out what versions before 3.12 do otherwise where it is only a convention, or an error of theirs."""
    for rows in (ours, theirs):
        for i in range(len(rows) - 1, -1, -1):
            if rows[i][0] == "NL" and not rows[i][2]:
                documented["last_line"] += rows is ours
                del rows[i]
            elif rows[i][0] not in ("DEDENT", "ENDMARKER"):
                break
    if text.lines[-1] and not text.lines[-1].strip(" \t\f"):
        # A last line of white space is none, so what is behind it has another place.
        ours, theirs = ([r[:2] if r[0] in ("DEDENT", "ENDMARKER") else r for r in rows] for rows in (ours, theirs))
    odd = [row for row in ours if row[0] == "NAME" and not row[2].isascii() and not re.fullmatch(r"\w+", row[2])]
    if odd:
        documented["identifier"] += len(odd)
        is_odd = lambda row: len(row) > 2 and any(name[3] <= row[3] < name[4] for name in odd)
        ours, theirs = ([row for row in rows if not is_odd(row)] for rows in (ours, theirs))
    return ours, theirs


class Judge:
    def __init__(self, show):
        self.show = show
        self.counts = collections.Counter()
        self.documented = collections.Counter()
        self.differences = collections.Counter()

    def differ(self, category, path, *example):
        self.differences[category] += 1
        if self.differences[category] <= self.show:
            print(category, path, *("\n    %r" % (part,) for part in example))

    def file(self, path, data, tokens, comments, docstrings, definitions):
        try:
            text = Text(data)
        except (SyntaxError, UnicodeDecodeError, LookupError):
            return
        theirs = text.tokens()
        if theirs is None:
            self.counts["files that `tokenize` does not read"] += 1
            return
        tree = parsed(data)
        self.counts["files"] += 1
        self.tokens(path, text, tokens, theirs, tree)
        if tree is not None:
            ids = {row[1]: row[4] for row in definitions}
            nodes = [n for n in ast.walk(tree) if isinstance(n, DEFINITIONS_OF_AST)]
            self.comments(path, data, text, comments, theirs, nodes, ids)
            self.docstrings(path, text, docstrings, tree, ids)

    def tokens(self, path, text, ours, tokens, tree):
        theirs = [text.row(token, self.documented) for token in tokens]
        if [row[1] for row in ours] != list(range(len(ours))):
            self.differ("token_id", path)
        ours = [row[2:] for row in ours]
        self.counts["tokens"] += len(theirs)
        if text.has_cr:
            self.documented["cr"] += 1
        if IS_OLD:
            ours = whole_fstrings(ours, text, self.documented)
            ours, theirs = old_conventions(ours, theirs, text, self.documented)
        if ours == theirs:
            self.counts["files with the same tokens"] += 1
            return
        left, right = collections.Counter(ours), collections.Counter(theirs)
        extra, missing = list((left - right).elements()), list((right - left).elements())
        if IS_OLD and any(line.strip(" \t\f\r\n") == "\\" for line in text.lines):
            self.documented["continued"] += max(len(extra), len(missing))
            return
        if tree is None:
            self.documented["rejected"] += max(len(extra), len(missing))
            self.counts["rejected files with other tokens"] += 1
            return
        if not extra and not missing:
            self.differ("order of tokens", path)
        by_place = lambda rows: {row[5:7]: row for row in rows}
        pairs = by_place(extra), by_place(missing)
        for row in extra:
            other = pairs[1].get(row[5:7])
            names = ["kind", "exact_kind", "text", "bstart", "bend", "line", "col", "end_line", "end_col"]
            what = ",".join(n for n, a, b in zip(names, row, other) if a != b) if other else "not in tokenize"
            self.differ("token %s: %s" % (row[0], what), path, row, other)
        for row in missing:
            if row[5:7] not in pairs[0]:
                self.differ("token %s: missing" % row[0], path, row)

    def comments(self, path, data, text, ours, tokens, nodes, ids):
        places = [(text.byte_offset(n.lineno, n.col_offset), text.byte_offset(n.end_lineno, n.end_col_offset)) for n in nodes]
        columns = [indent(text.lines[n.lineno - 1]) for n in nodes]
        owners = Owners(text, places, columns)
        expected, code_end, least = [], 0, math.inf
        for token in tokens:
            if token.type == tokenize.COMMENT:
                start = text.offset(*token.start)
                line = text.lines[token.start[0] - 1]
                is_alone = not line[: token.start[1]].strip(" \t\f")
                # A comment that is indented less ends a definition for those behind it, too.
                least = min(least, indent(line)) if is_alone else least
                owner = owners.of(start, code_end, least if is_alone else None)
                size = len(token.string.encode())
                expected.append((start, start + size, is_alone, owner, token.string, token.start[0]))
            elif token.type not in CODE_LESS:
                code_end, least = text.offset(*token.end), math.inf
        got = [(*row[1:3], row[4], None if row[5] is None else ids[row[5]], *row[6:]) for row in ours]
        self.counts["comments"] += len(expected)
        for a, b in itertools.zip_longest(got, expected):
            if a != b:
                self.differ("comment", path, a, b)
        self.ignores(path, data, ours)
        declared = [row[7] for row in ours if row[3] == "encoding"]
        if declared != declaration(text):
            self.differ("comment: encoding", path, declared, declaration(text))

    def ignores(self, path, data, ours):
        try:
            tree = ast.parse(data, type_comments=True)
        except SyntaxError:
            self.documented["type_misplaced"] += 1
            return
        theirs = sorted(ignore.lineno for ignore in tree.type_ignores)
        kinds = [row[7] for row in ours if row[3] == "type_ignore"]
        self.counts["type_ignore"] += len(theirs)
        if kinds != theirs:
            self.differ("comment: type_ignore", path, kinds, theirs)

    def docstrings(self, path, text, ours, tree, ids):
        expected = []
        for node, kind, name in owners_of(tree):
            value = ast.get_docstring(node, clean=False)
            if value is None:
                continue
            cleaned = ast.get_docstring(node, clean=True)
            if not value.isprintable() and any("\ud800" <= c <= "\udfff" for c in value):
                self.documented["surrogate"] += 1
                value, cleaned = (re.sub("[\ud800-\udfff]", "\ufffd", t) for t in (value, cleaned))
            literal = node.body[0].value
            span = (
                text.byte_offset(literal.lineno, literal.col_offset),
                text.byte_offset(literal.end_lineno, literal.end_col_offset),
            )
            start = None if kind == "module" else text.byte_offset(node.lineno, node.col_offset)
            expected.append((kind, start, name, *span, value, cleaned, literal.lineno))
        self.counts["docstrings"] += len(expected)
        got = []
        for row in ours:
            name = row[4] if row[2] != "module" else None
            got.append((row[2], ids.get(row[3]), name, *row[5:9], row[11]))
            cleaned = row[8]
            if (row[9], row[10]) != (cleaned.split("\n")[0], len(cleaned.split("\n")) if cleaned else 0):
                self.differ("docstring: summary, line_count", path, row)
        for a, b in itertools.zip_longest(got, expected):
            if a is None or b is None:
                self.differ("docstring: missing or too many", path, a, b)
                continue
            # The module's part of the name is not CPython's business.
            if a[2] != b[2] and not (a[2] or "").endswith("." + (b[2] or " ")):
                self.differ("docstring: qualified_name", path, a[2], b[2])
            a, b = a[:2] + a[3:], b[:2] + b[3:]
            if a != b and a[:5] + a[6:] == b[:5] + b[6:] and sys.version_info < (3, 13) and has_odd_blank(b[4]):
                self.documented["cleandoc"] += 1
            elif a != b:
                self.differ("docstring", path, a, b)

    def report(self):
        print("CPython " + sys.version.split()[0])
        for what, count in self.counts.items():
            print("%10d %s" % (count, what))
        for category, count in sorted(self.documented.items()):
            print("documented %-15s %7d" % (category, count))
        for category, count in self.differences.most_common():
            print("DIFFERENT  %7d  %s" % (count, category))
        total = sum(self.differences.values())
        print("%d undocumented differences" % total)
        return total


def parsed(data):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(data)
    except (SyntaxError, ValueError, LookupError, RecursionError, MemoryError):
        return None


def has_odd_blank(value):
    """Whether a line begins with white space that is no blank or tab."""
    return any(re.match(r"[ \t]*[^\S \t\n]", line) for line in value.split("\n"))


def statements(node):
    """The statements right inside of a node, and what holds some: handlers and cases."""
    kinds = (ast.stmt, ast.excepthandler, getattr(ast, "match_case", ast.stmt))
    return [child for child in ast.iter_child_nodes(node) if isinstance(child, kinds)]


def declared_global(scope):
    """The names that a function or class declares global."""
    names, stack = set(), statements(scope)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Global):
            names.update(node.names)
        elif not isinstance(node, DEFINITIONS_OF_AST):
            stack.extend(statements(node))
    return names


def owners_of(tree):
    """The nodes that may have a docstring, in preorder, with their kind and `__qualname__`."""
    stack = [(tree, "module", None, "", False, ())]
    while stack:
        node, kind, name, prefix, in_class, global_names = stack.pop()
        if kind:
            yield node, kind, name
        inner = []
        for child in statements(node):
            if not isinstance(child, DEFINITIONS_OF_AST):
                inner.append((child, None, None, prefix, in_class, global_names))
                continue
            is_class = isinstance(child, ast.ClassDef)
            name = child.name if child.name in global_names else prefix + child.name
            kind = "class" if is_class else "method" if in_class else "function"
            start = name + ("." if is_class else ".<locals>.")
            inner.append((child, kind, name, start, is_class, declared_global(child)))
        stack.extend(reversed(inner))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    binary_rows.add_arguments(parser)
    parser.add_argument("--show", type=int, default=3, help="print that many examples of a difference")
    arguments = parser.parse_args()
    sys.setrecursionlimit(20_000)
    warnings.simplefilter("ignore")
    judge = Judge(arguments.show)
    for folder in arguments.folders:
        source = binary_rows.Source(arguments, folder)
        files = source.files(
            ("tokens", TOKENS, "path, token_id"),
            ("comments", COMMENTS, "path, bstart"),
            ("docstrings", DOCSTRINGS, "path, node_id"),
            ("definitions", DEFINITIONS, "path, bstart"),
        )
        for path, *rows in files:
            judge.file(path, pathlib.Path(folder, path).read_bytes(), *rows)
    rows = sum(judge.counts[what] for what in ("tokens", "comments", "docstrings"))
    binary_rows.write_summary(arguments, judge.counts["files"], rows, judge.differences, judge.documented)
    if judge.counts["files"] == 0:
        raise SystemExit("no file to compare")
    sys.exit(1 if judge.report() else 0)


if __name__ == "__main__":
    main()

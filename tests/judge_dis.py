#!/usr/bin/env python3
"""Compares the datasets of bytecode with `dis` of the interpreter that runs this script.

    python3 tests/judge_dis.py [--binary PATH | --dump PATH] [--sample N] FOLDER...

The Python files of each folder are copied to a scratch folder and compiled there; then every column of every row is compared:
`code_units` with the attributes of code objects, `instructions` with `dis.get_instructions`, `exception_table` with what
`dis` reads of it, `code_files` with the header. Offsets in the source are computed here once more, from lines and columns.
`blocks` and `cfg_edges` are derived here once more, from `dis.hasjrel`, `dis.hasjabs`, the operations that do not fall
through, and the exception table: the blocks are the coarsest cut in which every jump leads to a start of one.

What is written differently on purpose is brought to one form first: the address in the `repr` of a code object is left out,
and a `frozenset` is compared by its value, since its order depends on hashes. Qualified names before 3.11 are compared with
what the compiler put beside the code object as an argument of MAKE_FUNCTION, classes left out. These differences are known
and counted apart:
"""

import argparse
import collections
import compileall
import contextlib
import dis
import importlib.util
import inspect
import io
import itertools
import json
import marshal
import os
import re
import shutil
import struct
import sys
import tempfile
import tokenize

import binary_rows

DOCUMENTED = {
    "qualname": "before 3.11: a function whose name is declared `global` is not called after what it stands in",
}
VERSION = sys.version_info[:2]
NO_FALL = {"RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE", "INTERPRETER_EXIT"}
JUMPS = {"JUMP_FORWARD", "JUMP_ABSOLUTE", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT"}
# It says where the loop began and does not go there.
NO_JUMPS = {"END_ASYNC_FOR"}
ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+(?=, file )")
FILE_COLUMNS = [
    "path", "size", "source_path", "magic", "python_version", "flags", "invalidation", "source_mtime", "source_size",
    "source_hash", "matches_source", "filename", "unit_count", "status", "message",
]
UNIT_COLUMNS = [
    "path", "unit_index", "unit_id", "parent_id", "name", "qualified_name", "depth", "first_line", "flags", "flag_names",
    "arg_count", "posonly_arg_count", "kwonly_arg_count", "local_count", "stack_size", "code_size", "instruction_count",
    "const_count", "names", "varnames", "cellvars", "freevars",
]
INSTRUCTION_COLUMNS = [
    "path", "unit_index", "unit_id", "instruction_index", "start_offset", "opcode", "opname", "arg", "argrepr", "jump_target",
    "is_jump_target", "starts_line", "line", "end_line", "col_utf8", "end_col_utf8", "bstart", "bend", "block_index",
]
EXCEPTION_COLUMNS = [
    "path", "unit_index", "unit_id", "entry_index", "start_offset", "end_offset", "target_offset", "depth", "lasti",
]
BLOCK_COLUMNS = [
    "path", "unit_index", "unit_id", "block_index", "kind", "exit", "is_reachable", "first_instruction",
    "instruction_count", "start_offset", "end_offset", "line",
]
EDGE_COLUMNS = [
    "path", "unit_index", "unit_id", "edge_index", "src_block", "dst_block", "kind", "instruction_index", "exception_entry",
]
QUERIES = [
    ("code_files", FILE_COLUMNS, "path"),
    ("code_units", UNIT_COLUMNS, "path, unit_index"),
    ("instructions", INSTRUCTION_COLUMNS, "path, unit_index, instruction_index"),
    ("exception_table", EXCEPTION_COLUMNS, "path, unit_index, entry_index"),
    ("blocks", BLOCK_COLUMNS, "path, unit_index, block_index"),
    ("cfg_edges", EDGE_COLUMNS, "path, unit_index, edge_index"),
]


class Source(binary_rows.Source):
    """A folder of `.pyc` files and the rows that the binary, or the example `dump`, has of them."""

    def __init__(self, arguments, folder):
        self.binary, self.dump, self.folder = arguments.binary, arguments.dump, folder
        found = (os.path.join(at, name) for at, _, names in os.walk(folder) for name in names if name.endswith(".pyc"))
        self.paths = sorted(os.path.relpath(path, folder).replace(os.sep, "/") for path in found)

    def conditions(self):
        return [None] if self.dump else super().conditions()

    def rows(self, dataset, columns, order, conditions):
        if not self.dump:
            yield from super().rows(dataset, columns, order, conditions)
            return
        command = [self.dump, self.folder, dataset, ",".join(columns)]
        yield from binary_rows.json_rows(command, columns, dataset)


def compile_copy(folder, sample, scratch):
    """Copies every N-th Python file and compiles it."""
    for path in itertools.islice(binary_rows.python_files(folder), 0, None, sample):
        target = os.path.join(scratch, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(os.path.join(folder, path), target)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        compileall.compile_dir(scratch, maxlevels=100, quiet=2)


def units_of(code, parent=None, depth=0):
    """A code object and those inside of it, each with its parent and depth."""
    yield code, parent, depth
    for const in code.co_consts:
        if inspect.iscode(const):
            yield from units_of(const, code, depth + 1)


def has_frozenset(const):
    return isinstance(const, frozenset) or isinstance(const, tuple) and any(map(has_frozenset, const))


def source_of(path):
    """The path of the source; None if the name has dots of its own, which the interpreter does not expect."""
    try:
        return importlib.util.source_from_cache(path).replace(os.sep, "/")
    except ValueError:
        return None


class Text:
    """The source as text, for offsets; nothing if there is none."""

    def __init__(self, path):
        self.mark, self.text, self.lines = 0, b"", []
        if path is None:
            return
        with open(path, "rb") as file:
            data = file.read()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        self.mark = 3 if data.startswith(b"\xef\xbb\xbf") else 0
        text = data[self.mark :].decode("utf-8" if self.mark else encoding)
        self.text = text.encode()
        # Offset and length of each line, its end included.
        offset = self.mark
        for line in io.StringIO(text, newline=""):
            length = len(line.encode())
            self.lines.append((offset, length))
            offset += length

    def offset(self, line, col):
        if line is None or col is None or not 1 <= line <= len(self.lines) or col > self.lines[line - 1][1]:
            return None
        offset = self.lines[line - 1][0] + col
        at = offset - self.mark
        return None if at < len(self.text) and self.text[at] & 0xC0 == 0x80 else offset

    def span(self, positions):
        line, end_line, col, end_col = positions
        start, end = self.offset(line, col), self.offset(end_line, end_col)
        return (None, None) if start is None or end is None or start > end else (start, end)


class Judge:
    def __init__(self):
        self.counts = collections.Counter()
        self.differences = collections.Counter()
        self.documented = collections.Counter()
        self.examples = collections.defaultdict(list)

    def differ(self, category, *what):
        self.differences[category] += 1
        if len(self.examples[category]) < 5:
            self.examples[category].append(" ".join(map(str, what)))

    def same(self, where, dataset, columns, ours, theirs):
        """Compares rows column by column."""
        for row, (our, their) in enumerate(zip(ours, theirs)):
            if our == their:
                continue
            for column, a, b in zip(columns, our, their):
                if a != b:
                    self.differ("%s.%s" % (dataset, column), where, row, "ours", repr(a), "theirs", repr(b))
        if len(ours) != len(theirs):
            self.differ(dataset + " rows", where, len(ours), "theirs", len(theirs))

    def file(self, folder, path, files, *rows):
        with open(os.path.join(folder, path), "rb") as file:
            data = file.read()
        source = source_of(path)
        code = marshal.loads(data[16:])
        units = list(units_of(code))
        self.counts["code_files"] += 1
        flags, mtime, size = struct.unpack("<III", data[4:16])
        theirs = [
            path, len(data), source, int.from_bytes(data[:2], "little"), "%d.%d" % VERSION, flags, "timestamp", mtime, size,
            None, None if source is None else True, code.co_filename, len(units), "ok", None,
        ]
        if files and files[0][10] is None:
            # Not every source knows when a file was modified.
            theirs[10] = None
        self.same(path, "code_files", FILE_COLUMNS, files, [tuple(theirs)])
        text = Text(source and os.path.join(folder, source))
        by_unit = []
        for dataset_rows in rows[1:]:
            groups = collections.defaultdict(list)
            for row in dataset_rows:
                groups[row[1]].append(row)
            by_unit.append(groups)
        ids, entries = {}, rows[0]
        self.same(path, "code_units", ["number"], [(len(entries),)], [(len(units),)])
        qualnames = self.qualnames(units) if VERSION < (3, 11) else {}
        for index, ((code, parent, depth), row) in enumerate(zip(units, entries)):
            where = "%s:%s %s" % (path, code.co_firstlineno, code.co_name)
            ids[id(code)] = row[2]
            head = (path, index, row[2])
            instructions, exceptions, blocks, edges = (groups.pop(index, []) for groups in by_unit)
            self.unit(where, head, row, ids, qualnames, code, parent, depth, len(instructions))
            theirs = self.instructions(where, head, code, text, instructions)
            self.exceptions(where, head, code, exceptions)
            self.graph(where, head, code, theirs, instructions, blocks, edges)
        if len(set(ids.values())) != len(ids):
            self.differ("unit_id used twice", path)
        for (dataset, _, _), groups in zip(QUERIES[2:], by_unit):
            if groups:
                self.differ(dataset + " of no unit", path, sorted(groups)[:5])

    def qualnames(self, units):
        """Before 3.11: the name that MAKE_FUNCTION is given for a code object."""
        found = {}
        for code, _, _ in units:
            previous, is_class = [], False
            for instruction in dis.get_instructions(code):
                if instruction.opname == "MAKE_FUNCTION" and len(previous) >= 2 and inspect.iscode(previous[-2].argval):
                    # A class is given its plain name.
                    is_class = not previous[-2].argval.co_flags & inspect.CO_NEWLOCALS
                    if not is_class:
                        found[id(previous[-2].argval)] = previous[-1].argval
                if instruction.opname != "EXTENDED_ARG":
                    previous = previous[-1:] + [instruction]
        return found

    def unit(self, where, head, row, ids, qualnames, code, parent, depth, instruction_count):
        self.counts["code_units"] += 1
        qualname = getattr(code, "co_qualname", qualnames.get(id(code), row[5]))
        if VERSION < (3, 11) and row[5] != qualname and row[5].endswith("." + qualname):
            self.documented["qualname"] += 1
            qualname = row[5]
        flags = dis.pretty_flags(code.co_flags) if code.co_flags else None
        theirs = (
            *head, parent and ids[id(parent)], code.co_name, qualname, depth, code.co_firstlineno, code.co_flags, flags,
            code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_nlocals, code.co_stacksize,
            len(code.co_code), instruction_count, len(code.co_consts), list(code.co_names), list(code.co_varnames),
            list(code.co_cellvars), list(code.co_freevars),
        )
        ours = row[:-4] + tuple(map(json.loads, row[-4:]))
        self.same(where, "code_units", UNIT_COLUMNS, [ours], [theirs])

    def instructions(self, where, head, code, text, ours):
        theirs, lines = list(dis.get_instructions(code)), self.lines(code)
        self.counts["instructions"] += len(theirs)
        rows = []
        for number, (i, row) in enumerate(zip(theirs, ours)):
            positions = tuple(i.positions) if VERSION >= (3, 11) else (lines.get(i.offset), None, None, None)
            if VERSION >= (3, 13):
                starts_line, is_target, target = i.starts_line, i.label is not None, i.jump_target
                if i.line_number != positions[0]:
                    self.differ("line_number", where, number)
            else:
                starts_line, is_target = i.starts_line is not None, i.is_jump_target
                target = i.argval if i.opcode in dis.hasjrel or i.opcode in dis.hasjabs else None
                if starts_line and i.starts_line != positions[0]:
                    self.differ("starts_line", where, number)
            line, end_line, col, end_col = positions
            argrepr = ADDRESS.sub("", i.argrepr) or None
            if i.opcode in dis.hasconst and has_frozenset(i.argval):
                self.counts["frozensets"] += 1
                ours_value = eval(row[8], {"frozenset": frozenset})
                if repr(type(ours_value)) == repr(type(i.argval)) and ours_value == i.argval:
                    argrepr = row[8]
            rows.append((
                *head, number, i.offset, i.opcode, i.opname, i.arg, argrepr, target, is_target, starts_line, line,
                end_line, col, end_col, *text.span(positions), row[-1],
            ))
        self.same(where, "instructions", INSTRUCTION_COLUMNS, ours, rows + theirs[len(rows) :])
        return theirs

    def lines(self, code):
        """Before 3.11: the line of each offset."""
        if VERSION >= (3, 11):
            return {}
        if VERSION == (3, 10):
            return {offset: line for start, end, line in code.co_lines() for offset in range(start, end, 2)}
        starts, line, lines = dict(dis.findlinestarts(code)), None, {}
        for offset in range(0, len(code.co_code), 2):
            line = lines[offset] = starts.get(offset, line)
        return lines

    def exceptions(self, where, head, code, ours):
        entries = dis._parse_exception_table(code) if VERSION >= (3, 11) else []
        self.counts["exception_table"] += len(entries)
        rows = [(*head, n, e.start, e.end, e.target, e.depth, e.lasti) for n, e in enumerate(entries)]
        self.same(where, "exception_table", EXCEPTION_COLUMNS, ours, rows)

    def graph(self, where, head, code, instructions, rows, blocks, edges):
        entries = dis._parse_exception_table(code) if VERSION >= (3, 11) else []
        offsets = [i.offset for i in instructions]
        numbers = {offset: number for number, offset in enumerate(offsets)}
        jumps = {}
        for number, i in enumerate(instructions):
            if (i.opcode in dis.hasjrel or i.opcode in dis.hasjabs) and i.opname not in NO_JUMPS:
                jumps[number] = numbers[i.jump_target if VERSION >= (3, 13) else i.argval]
        starts = {0} | set(jumps.values()) | {numbers[offset] for offset in dis.findlabels(code.co_code)}
        starts |= {number + 1 for number, i in enumerate(instructions) if number in jumps or i.opname in NO_FALL}
        # The end may be that of the bytecode.
        starts |= {numbers.get(at, len(offsets)) for e in entries for at in (e.start, e.end, e.target)}
        starts = sorted(starts - {len(offsets)})
        ends = starts[1:] + [len(offsets)]
        block_of = {n: b for b, (start, end) in enumerate(zip(starts, ends)) for n in range(start, end)}
        if [row[-1] for row in rows] != [block_of[n] for n in range(len(offsets))]:
            self.differ("instructions.block_index", where)
        expected = []
        for block, (start, end) in enumerate(zip(starts, ends)):
            last = end - 1
            name, is_last = instructions[last].opname, end == len(offsets)
            setup = name.startswith("SETUP_") and last in jumps
            test = self.test(name) if last in jumps and name not in JUMPS and not setup else None
            if name not in NO_FALL and name not in JUMPS and not is_last:
                expected.append((block, block + 1, "fall") if test is None else (block, block + 1, str(not test).lower()))
            if last in jumps:
                kind = "jump" if name in JUMPS else "exception" if setup else str(test).lower()
                expected.append((block, block_of[jumps[last]], kind))
            covering = {
                tuple(n for n, e in enumerate(entries) if e.start <= offsets[number] < e.end)
                for number in range(start, end)
            } if entries else {()}
            if len(covering) != 1:
                self.differ("block half covered", where, block)
            expected += [(block, block_of[numbers[entries[n].target]], "exception") for n in covering.pop()]
        self.counts["blocks"] += len(starts)
        self.counts["cfg_edges"] += len(expected)
        ours = [(row[4], row[5], row[6]) for row in edges]
        if ours != expected:
            self.differ("cfg_edges", where, sorted(set(ours) ^ set(expected))[:5], "or their order")
        self.edges(where, head, edges, ends, entries, block_of, numbers)
        self.blocks(where, head, code, instructions, rows, blocks, starts, ends, expected, entries, numbers, jumps)

    def test(self, name):
        """The outcome that a test jumps on."""
        if name in ("FOR_ITER", "SEND") or name.endswith(("_IF_FALSE", "_IF_FALSE_OR_POP", "_IF_NOT_NONE", "_NOT_EXC_MATCH")):
            return False
        assert name.endswith(("_IF_TRUE", "_IF_TRUE_OR_POP", "_IF_NONE")), name
        return True

    def edges(self, where, head, edges, ends, entries, block_of, numbers):
        """Where an edge comes from."""
        for number, row in enumerate(edges):
            src, dst, kind, instruction, entry = row[4:]
            fits = row[:4] == (*head, number)
            if entry is not None:
                fits &= kind == "exception" and block_of[numbers[entries[entry].target]] == dst
            fits &= instruction is None if kind == "fall" or entry is not None else instruction == ends[src] - 1
            if not fits:
                self.differ("cfg_edges columns", where, row)

    def blocks(self, where, head, code, instructions, rows, blocks, starts, ends, edges, entries, numbers, jumps):
        handlers = {numbers[e.target] for e in entries}
        targets = set()
        for number, target in jumps.items():
            (handlers if instructions[number].opname.startswith("SETUP_") else targets).add(target)
        reached, following = set(), [0] if starts else []
        leads = collections.defaultdict(list)
        for src, dst, _ in edges:
            leads[src].append(dst)
        while following:
            block = following.pop()
            if block not in reached:
                reached.add(block)
                following += leads[block]
        theirs = []
        for block, (start, end) in enumerate(zip(starts, ends)):
            before = instructions[start - 1].opname if start else "RETURN_VALUE"
            kind = (
                "entry" if not start else "handler" if start in handlers else "jump" if start in targets
                else "none" if before in NO_FALL or before in JUMPS else "fall"
            )
            last, is_last = instructions[end - 1].opname, end == len(instructions)
            exit = (
                "return" if last.startswith("RETURN_") and last in NO_FALL else "raise" if last in NO_FALL
                else "jump" if last in JUMPS else "branch" if end - 1 in jumps and not last.startswith("SETUP_")
                else "end" if is_last else "fall"
            )
            after = len(code.co_code) if is_last else instructions[end].offset
            line = next((row[12] for row in rows[start:end] if row[12] is not None), None)
            theirs.append((
                *head, block, kind, exit, block in reached, start, end - start, instructions[start].offset, after, line,
            ))
        self.same(where, "blocks", BLOCK_COLUMNS, blocks, theirs)

    def report(self):
        counts = ", ".join("%d %s" % (count, dataset) for dataset, count in self.counts.items())
        print("CPython %s: %s compared" % (sys.version.split()[0], counts))
        for category, count in sorted(self.documented.items()):
            print("documented %-10s %7d  %s" % (category, count, DOCUMENTED[category]))
        for category, count in self.differences.most_common():
            print("DIFFERENT  %-24s %7d" % (category, count))
            for example in self.examples[category]:
                print("    " + example[:600])
        total = sum(self.differences.values())
        print("%d undocumented differences" % total)
        return total


def main():
    documented = "".join("\n- %s" % text for text in DOCUMENTED.values())
    description = __doc__ + documented
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    binary_rows.add_arguments(parser)
    arguments = parser.parse_args()
    sys.setrecursionlimit(10_000)
    judge = Judge()
    for folder in arguments.folders:
        with tempfile.TemporaryDirectory() as scratch:
            compile_copy(folder, arguments.sample, scratch)
            for path, *rows in Source(arguments, scratch).files(*QUERIES):
                judge.file(scratch, path, *rows)
    files = judge.counts["code_files"]
    rows = sum(judge.counts.values()) - files
    binary_rows.write_summary(arguments, files, rows, judge.differences, judge.documented)
    if not judge.counts["code_files"]:
        raise SystemExit("no file to compare")
    sys.exit(1 if judge.report() else 0)


if __name__ == "__main__":
    main()

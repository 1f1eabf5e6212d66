#!/usr/bin/env python3
"""Compiles sample.py by the interpreter that runs this script, and writes what `dis` says of it beside it.

    python3.11 generate.py
"""

import dis
import importlib.util
import inspect
import marshal
import os
import py_compile
import re
import sys

VERSION = sys.version_info[:2]
FOLDER = os.path.dirname(os.path.abspath(__file__))


def cell(value):
    if isinstance(value, bool):
        return str(value).lower()
    return "-" if value is None or value == "" else str(value)


def units(code, depth=0):
    yield code, depth
    for const in code.co_consts:
        if inspect.iscode(const):
            yield from units(const, depth + 1)


def lines_of(code):
    if VERSION == (3, 10):
        return {offset: line for start, end, line in code.co_lines() for offset in range(start, end, 2)}
    starts, line, lines = dict(dis.findlinestarts(code)), None, {}
    for offset in range(0, len(code.co_code), 2):
        line = lines[offset] = starts.get(offset, line)
    return lines


def instructions(number, code):
    lines = lines_of(code)
    for i in dis.get_instructions(code):
        positions = tuple(i.positions) if VERSION >= (3, 11) else (lines[i.offset], None, None, None)
        is_jump = i.opcode in dis.hasjrel or i.opcode in dis.hasjabs
        late = VERSION >= (3, 13)
        argrepr = re.sub(r" at 0x[0-9a-f]+(?=, file )", "", i.argrepr)
        yield (
            number, i.offset, i.opcode, i.opname, i.arg, argrepr, i.jump_target if late else i.argval if is_jump else None,
            i.is_jump_target, i.starts_line if late else i.starts_line is not None, *positions,
        )


def rows(code):
    for number, (unit, depth) in enumerate(units(code)):
        yield (
            "unit", number, unit.co_name, getattr(unit, "co_qualname", None), depth, unit.co_firstlineno, unit.co_flags,
            dis.pretty_flags(unit.co_flags) if unit.co_flags else None, unit.co_argcount, unit.co_posonlyargcount,
            unit.co_kwonlyargcount, unit.co_nlocals, unit.co_stacksize, len(unit.co_code), len(unit.co_consts),
            *(str(list(names)).replace("'", '"').replace(", ", ",") for names in (unit.co_names, unit.co_varnames, unit.co_cellvars, unit.co_freevars)),
        )
        yield from (("instruction", *row) for row in instructions(number, unit))
        if VERSION >= (3, 11):
            for n, e in enumerate(dis._parse_exception_table(unit)):
                yield "exception", number, n, e.start, e.end, e.target, e.depth, e.lasti


def main():
    name = os.path.join(FOLDER, "sample.cpython-%d%d" % VERSION)
    mode = py_compile.PycInvalidationMode.CHECKED_HASH
    source = os.path.join(FOLDER, "sample.py")
    py_compile.compile(source, name + ".pyc", "sample.py", doraise=True, optimize=0, invalidation_mode=mode)
    with open(name + ".pyc", "rb") as file:
        code = marshal.loads(file.read()[16:])
    with open(name + ".txt", "w", encoding="utf-8", newline="\n") as file:
        for row in rows(code):
            file.write(" ".join(map(cell, row)) + "\n")


main()

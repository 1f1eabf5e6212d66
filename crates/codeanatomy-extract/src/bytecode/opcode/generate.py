#!/usr/bin/env python3
"""Writes the opcode table of the interpreter that runs this script, as the Rust module beside it.

    python3.11 generate.py > python_3_11.rs

Everything is asked of the interpreter: numbers, names, caches and what an argument means come from `dis` and `opcode`;
what `dis` shows for an argument that is the position of a word is tried out, argument by argument. Only how control
leaves an instruction is not written down there, and is told by its name.
"""

import dis
import opcode
import sys

VERSION = sys.version_info[:2]
OPNAME = list(getattr(dis, "_all_opname", opcode.opname))[:256]
SPECIALIZED = getattr(dis, "deoptmap", {})
# Larger arguments need a prefix; no list of words is longer.
ARGUMENTS = range(256)
NO_WORDS = ""


def base(number):
    """The number of the instruction that a specialized one stands for."""
    name = OPNAME[number]
    return OPNAME.index(SPECIALIZED[name]) if name in SPECIALIZED else number


def has_argument(number):
    if VERSION >= (3, 12):
        return number in dis.hasarg
    return number >= dis.HAVE_ARGUMENT


def caches(number):
    entries = getattr(dis, "_inline_cache_entries", None)
    if entries is None:
        return 0
    return entries.get(OPNAME[number], 0) if isinstance(entries, dict) else entries[number]


def shown(number, argument):
    """What `dis` shows for an argument; None if it fails."""
    try:
        if hasattr(dis, "ArgResolver"):
            return dis.ArgResolver().get_argval_argrepr(number, argument, 0)[1]
        return list(dis._get_instructions_bytes(bytes([number, argument])))[0].argrepr
    except (IndexError, TypeError):
        return None


def words(number):
    """The words that an argument picks one from, and the bits to shift it by first; None if there are none."""
    shows = [shown(number, argument) for argument in ARGUMENTS]
    if not any(shows):
        return None
    shift = 0
    while all(shows[i] == shows[i + 1] for i in range(0, len(shows), 2)):
        shows, shift = shows[::2], shift + 1
    while shows[-1] is None:
        shows.pop()
    period = 1
    while period < len(shows) and any(shows[i] != shows[i % period] for i in range(len(shows))):
        period *= 2
    shows = shows[:period]
    while len(shows) > 1 and shows[-1] == shows[-2]:
        shows.pop()
    return [word or NO_WORDS for word in shows], shift


def jump(number):
    """Which way a jump goes."""
    if number in dis.hasjabs:
        return "Target(Absolute)"
    if hasattr(dis, "_is_backward_jump") and dis._is_backward_jump(number):
        return "Target(Backward)"
    return "Target(Forward)"


def argument(number, lists):
    """What the argument of an instruction means."""
    name = OPNAME[number]
    if not has_argument(number):
        return "Missing"
    if number in dis.hasconst:
        # In 3.11 some name a constant that is not shown.
        shows = VERSION < (3, 11) or dis._get_const_info(number, 0, (None,))[1]
        return "Constant" if shows else "Number"
    if number in dis.hasname:
        if name == "LOAD_GLOBAL" and VERSION >= (3, 11):
            return "GlobalName"
        if name == "LOAD_ATTR" and VERSION >= (3, 12):
            return "AttributeName"
        return "SuperName" if name == "LOAD_SUPER_ATTR" else "Name"
    if number in dis.hasjrel or number in dis.hasjabs:
        return jump(number)
    if name in ("LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW", "STORE_FAST_LOAD_FAST", "STORE_FAST_STORE_FAST"):
        return "LocalPair"
    if name == "EXTENDED_ARG":
        return "Prefix"
    if number in dis.haslocal:
        return "Local"
    if number in dis.hasfree:
        return "Free" if VERSION < (3, 11) else "Local"
    found = words(number)
    if found is None:
        return "Number"
    found, shift = found
    if found not in lists:
        lists.append(found)
    return "Word(WORDS_%d, %d)" % (lists.index(found), shift)


def flow(number):
    """How control leaves an instruction."""
    name = OPNAME[number].replace("INSTRUMENTED_", "")
    if name in ("RETURN_VALUE", "RETURN_CONST", "INTERPRETER_EXIT"):
        return "Return"
    if name in ("RAISE_VARARGS", "RERAISE"):
        return "Raise"
    if number not in dis.hasjrel and number not in dis.hasjabs:
        return "Next"
    if name == "END_ASYNC_FOR":
        # It names the loop that it ends and does not jump there.
        return "Next"
    if name.startswith("SETUP_"):
        return "Setup"
    if name.startswith(("JUMP_ABSOLUTE", "JUMP_FORWARD", "JUMP_BACKWARD")):
        return "Jump"
    if name in ("FOR_ITER", "SEND") or "_IF_FALSE" in name or "_IF_NOT_" in name:
        return "Branch(false)"
    assert "_IF_TRUE" in name or "_IF_NONE" in name, name
    return "Branch(true)"


def literal(text):
    return '"%s"' % text.replace("\\", "\\\\").replace('"', '\\"')


def main():
    lists, rows = [], []
    for number, name in enumerate(OPNAME):
        if name.startswith("<"):
            continue
        meant = base(number)
        rows.append((number, name, caches(meant), argument(meant, lists), flow(meant)))
    version = "%d.%d" % VERSION
    print("//! Written by generate.py, run by CPython %s: change that instead." % sys.version.split()[0])
    print()
    print("use super::Argument::*;\nuse super::Flow::*;\nuse super::Way::*;\nuse super::{Opcode, Table, op};")
    for i, found in enumerate(lists):
        print("\nconst WORDS_%d: &[&str] = &[%s];" % (i, ", ".join(map(literal, found))))
    print("\n/// The opcodes of Python %s." % version)
    # Since 3.12 an opcode without a name has no argument.
    have_argument = dis.HAVE_ARGUMENT if VERSION < (3, 12) else 256
    print("pub(super) static TABLE: Table = Table::new(%d, &OPCODES);" % have_argument)
    print("\nconst OPCODES: [(u8, Opcode); %d] = [" % len(rows))
    for number, name, cache, meaning, leaves in rows:
        print("    (%d, op(%s, %d, %s, %s))," % (number, literal(name), cache, meaning, leaves))
    print("];")


main()

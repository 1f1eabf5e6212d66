#!/usr/bin/env python3
"""Compares `def_use` with reaching definitions over the bytecode of the interpreter that runs this script (3.11 or later).

    python3 tests/judge_def_use.py [--binary PATH] [--sample N] FOLDER...

Every file is compiled. For each code object, a control-flow graph is made of its instructions and its exception table, and
the stores that reach each load of a name that the code binds (`LOAD_FAST`, `LOAD_DEREF`, `LOAD_NAME`, `LOAD_GLOBAL` and
their kin; deletions count as loads, too) are computed. Loads and stores are found among our uses and definitions by their
positions.

*Sound* means that each load that the graph reaches is a use of ours, that each store that reaches the load is among its
definitions, and that it has a row without a definition if nothing may be bound. A breach is a difference and fails (exit
status 1). *Precise* means that we have no more than that. Where we have more, it is counted by the reasons below.

What is not compared, and counted:
- "no name": instructions that stand for no name of the source, as for `super()`, closures and the end of `except ... as`;
- "implicit": `__doc__` and `__class__` that nothing but the compiler binds, and what it says to stand at another name;
- "outer name": names of other code objects in class bodies and comprehensions, which are part of our flows and for the
  bytecode begin with nothing known (before 3.12 each comprehension is a code object; since then it shares the cell of a
  name that it binds with a free variable of the same name around);
- "f-string": positions inside of f-strings before 3.12;
- "never runs": code objects of blocks that the compiler leaves out, which no instruction loads;
- "second half": from 3.13 on, an instruction that loads or stores two names has the position of the first: the second is
  compared only if its line has the name once.
"""

import argparse
import ast
import bisect
import collections
import dis
import os
import sys
import tokenize
import types
import warnings

import binary_rows

COLUMNS = ["path", "use_node_id", "source_index", "name", "use_bstart", "use_bend", "def_bstart", "def_bend", "def_kind",
           "reason", "needs_suppression", "is_complete"]

LARGER = {
    "star": "a star import may bind every name of the module",
    "generator": "a generator expression is in between, which we take to run where it stands",
    "comprehension": "the definition is a `:=` in a comprehension, another code object before 3.12",
    "handler": "of a handler that the compiler sees is never reached: we take each to be reached; or as below",
    "with": "of a `with` block that the compiler sees cannot raise; or as below",
    "second half": "a load whose position is lost is a copy of this one",
    "other": "behind a handler as above; reading a name may raise, we say, also where it is bound; a condition that is no literal is decided",
}

# Names that the compiler binds, and no statement.
IMPLICIT = ("__doc__", "__class__", "__module__", "__qualname__", "__firstlineno__")

# Instructions that raise nothing, whatever the values are. `STORE_NAME` raises only for a class's own mapping.
QUIET = {
    "NOP", "CACHE", "EXTENDED_ARG", "RESUME", "RESUME_CHECK", "PRECALL", "KW_NAMES", "POP_TOP", "COPY", "SWAP", "PUSH_NULL",
    "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST", "RETURN_GENERATOR", "STORE_FAST", "STORE_FAST_STORE_FAST",
    "STORE_FAST_MAYBE_NULL", "LOAD_FAST_AND_CLEAR", "STORE_DEREF", "STORE_NAME", "STORE_GLOBAL", "MAKE_CELL",
    "COPY_FREE_VARS", "LOAD_CLOSURE", "MAKE_FUNCTION", "SET_FUNCTION_ATTRIBUTE", "BUILD_TUPLE", "BUILD_LIST", "JUMP_FORWARD",
    "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT", "JUMP_NO_INTERRUPT", "POP_JUMP_IF_NONE", "POP_JUMP_IF_NOT_NONE",
    "POP_JUMP_FORWARD_IF_NONE", "POP_JUMP_FORWARD_IF_NOT_NONE", "POP_JUMP_BACKWARD_IF_NONE",
    "POP_JUMP_BACKWARD_IF_NOT_NONE", "PUSH_EXC_INFO", "POP_EXCEPT", "END_FOR", "IS_OP", "LIST_APPEND", "GEN_START",
    "LOAD_BUILD_CLASS", "LOAD_ASSERTION_ERROR", "POP_ITER", "LOAD_FAST", "LOAD_FAST_LOAD_FAST", "STORE_FAST_LOAD_FAST",
}
if sys.version_info >= (3, 13):
    # Their operand is a truth value: `TO_BOOL` comes before.
    QUIET |= {"POP_JUMP_IF_TRUE", "POP_JUMP_IF_FALSE"}

ENDS = {"RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE", "JUMP_FORWARD", "JUMP_BACKWARD",
        "JUMP_BACKWARD_NO_INTERRUPT", "INTERPRETER_EXIT"}
LOADS = {"LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_NAME", "LOAD_GLOBAL",
         "LOAD_FROM_DICT_OR_DEREF", "LOAD_FROM_DICT_OR_GLOBALS", "LOAD_FAST_BORROW"}
STORES = {"STORE_FAST", "STORE_FAST_MAYBE_NULL", "STORE_DEREF", "STORE_NAME", "STORE_GLOBAL"}
DELETES = {"DELETE_FAST", "DELETE_DEREF", "DELETE_NAME", "DELETE_GLOBAL"}
PAIRS = {
    "LOAD_FAST_LOAD_FAST": ("load", "load"), "STORE_FAST_LOAD_FAST": ("store", "load"),
    "STORE_FAST_STORE_FAST": ("store", "store"),
}
PARAMETER = "parameter"
SPACES = ("GLOBAL", "NAME", "DEREF")
SHOWN = 8


def accesses(instruction):
    """What an instruction does with names: (action, name, whether its position is that of the name)."""
    name, value = instruction.opname, instruction.argval
    space = name.rpartition("_")[2]
    if space in SPACES:
        # A comprehension that is part of the code object may have a local of the same name.
        value = space + " " + value
    if name in LOADS:
        return [("load", value, True)]
    if name in STORES:
        return [("store", value, True)]
    if name in DELETES:
        return [("delete", value, True)]
    if name == "LOAD_FAST_AND_CLEAR":
        return [("clear", value, True)]
    if name in PAIRS:
        return [(action, v, i == 0) for i, (action, v) in enumerate(zip(PAIRS[name], value))]
    return []


class Code:
    """The graph of a code object, in runs of instructions with the same handlers, and the stores that reach its loads."""

    def __init__(self, code):
        self.code = code
        self.instructions = [i for i in dis.get_instructions(code) if i.opname != "CACHE"]
        self.stores, self.numbers = [], collections.defaultdict(int)
        names = [n for i in self.instructions for a, n, _ in accesses(i) if a in ("store", "delete", "clear")]
        # A class body, comprehension or scope of type parameters: what it begins with is what is around it.
        self.is_part = code.co_name.startswith("<") and code.co_name not in ("<module>", "<lambda>")
        self.is_part |= not code.co_flags & 1 and code.co_name != "<module>"
        arguments = code.co_argcount + code.co_kwonlyargcount
        arguments += bool(code.co_flags & 4) + bool(code.co_flags & 8)
        cells = set(code.co_cellvars)
        self.parameters = {"DEREF " + n if n in cells else n for n in code.co_varnames[:arguments]}
        self.bound = set(names) | self.parameters
        self.bits = {}
        for name in sorted(self.bound):
            self.bits[name] = 1 << self.add(None, name, False)
        entry = sum(self.bits.values())
        for name in self.parameters:
            number = self.add(PARAMETER, name, True)
            entry = entry & ~self.bits[name] | 1 << number
        self.flow(entry)

    def add(self, store, name, exact):
        """Numbers a store; `None` is that nothing is bound."""
        self.stores.append((store, name, exact))
        self.numbers[name] |= 1 << len(self.stores) - 1
        return len(self.stores) - 1

    def flow(self, entry):
        handlers = {}
        for exception in dis.Bytecode(self.code).exception_entries:
            for offset in range(exception.start, exception.end, 2):
                handlers[offset] = exception.target
        # A restoring store at the end of an inlined comprehension gives back what was cleared.
        self.cleared = {}
        for i in self.instructions:
            for action, name, _ in accesses(i):
                if action == "clear":
                    self.cleared[name, i.positions] = None
        targets = {i.argval for i in self.instructions if i.opcode in dis.hasjrel or i.opcode in dis.hasjabs}
        targets |= set(handlers.values())
        blocks, starts = [], {}
        for position, i in enumerate(self.instructions):
            before = self.instructions[position - 1] if position else None
            if (before is None or i.offset in targets or handlers.get(i.offset) != handlers.get(before.offset)
                    or before.opname in ENDS or before.opcode in dis.hasjrel or before.opcode in dis.hasjabs):
                blocks.append([])
                starts[i.offset] = len(blocks) - 1
            blocks[-1].append(i)
        self.effects = {}
        for i in self.instructions:
            steps = self.effects[i.offset] = []
            for action, name, exact in accesses(i):
                if action == "store":
                    steps.append((name, 1 << self.add(i, name, exact)))
                elif action != "load":
                    steps.append((name, self.bits[name]))
        # Each block as masks: what it keeps and adds, and what its handler may see of the state before and in between.
        summaries, next_blocks = [None] * len(blocks), [[] for _ in blocks]
        for number, block in enumerate(blocks):
            keep, add, seen_keep, seen_add, raises = -1, 0, 0, 0, False
            for i in block:
                if i.opname not in QUIET:
                    seen_keep, seen_add, raises = seen_keep | keep, seen_add | add, True
                for name, bit in self.effects[i.offset]:
                    mask = ~self.numbers[name]
                    keep, add = keep & mask, add & mask | bit
            summaries[number] = (keep, add, seen_keep, seen_add, handlers.get(block[0].offset) if raises else None)
            last = block[-1]
            if last.opcode in dis.hasjrel or last.opcode in dis.hasjabs:
                next_blocks[number].append(starts[last.argval])
            if last.opname not in ENDS and number + 1 < len(blocks):
                next_blocks[number].append(number + 1)
        self.states = [None] * len(blocks)
        self.states[0] = entry
        waiting = collections.deque([0])
        while waiting:
            number = waiting.popleft()
            state = self.states[number]
            keep, add, seen_keep, seen_add, handler = summaries[number]
            out = state & keep | add
            flows = [(n, out) for n in next_blocks[number]]
            if handler is not None:
                flows.append((starts[handler], state & seen_keep | seen_add))
            for successor, flow in flows:
                old = self.states[successor]
                if old is None or old | flow != old:
                    self.states[successor] = (old or 0) | flow
                    waiting.append(successor)
        self.blocks = blocks

    def loads(self):
        """Each reachable load or deletion: (instruction, name, whether its position is exact, mask of stores)."""
        found = []
        for block, state in zip(self.blocks, self.states):
            if state is None:
                continue
            for i in block:
                steps = iter(self.effects[i.offset])
                for action, name, exact in accesses(i):
                    if action == "clear":
                        # What was cleared comes back at the end of the comprehension.
                        key = name, i.positions
                        self.cleared[key] = (self.cleared[key] or 0) | state & self.numbers[name]
                    if action in ("load", "delete") and name in self.bound:
                        found.append((i, name, exact, state & self.numbers[name]))
                    if action != "load":
                        _, bit = next(steps)
                        state = state & ~self.numbers[name] | bit
        return found

    def reaching(self, name, mask):
        """The stores of a mask, with those that restore replaced by what they restore."""
        done, waiting, result = set(), [mask], []
        while waiting:
            mask = waiting.pop()
            while mask:
                bit = mask & -mask
                mask ^= bit
                number = bit.bit_length() - 1
                if number in done:
                    continue
                done.add(number)
                store, _, exact = self.stores[number]
                restored = store not in (None, PARAMETER) and self.cleared.get((name, store.positions))
                if restored:
                    waiting.append(restored)
                else:
                    result.append((store, exact))
        return result


class File:
    """The rows of a file, and its text by offsets."""

    def __init__(self, source, rows):
        self.mark = 3 if source.startswith(b"\xef\xbb\xbf") else 0
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            # `splitlines` of bytes ends lines at LF, CRLF and CR and nowhere else.
            self.starts.append(self.starts[-1] + len(line))
        self.uses = collections.defaultdict(list)
        self.by_line = collections.defaultdict(set)
        self.definitions_by_line = collections.defaultdict(set)
        for row in rows:
            row = dict(zip(COLUMNS, row))
            self.uses[row["use_bstart"]].append(row)
            self.by_line[row["name"], self.line(row["use_bstart"])].add(row["use_bstart"])
            if row["def_bstart"] is not None:
                self.definitions_by_line[row["name"], self.line(row["def_bstart"])].add(row["def_bstart"])

    def line(self, offset):
        return bisect.bisect_right(self.starts, offset)

    def offset(self, line, column):
        return self.starts[line - 1] + column + (self.mark if line == 1 else 0)

    def span(self, positions):
        if positions.lineno is None or positions.col_offset is None:
            return None
        return (self.offset(positions.lineno, positions.col_offset),
                self.offset(positions.end_lineno, positions.end_col_offset))


class Judge:
    def __init__(self):
        self.files = self.codes = self.loads = self.uses = self.pairs = self.equal = 0
        self.differences = collections.Counter()
        self.skipped = collections.Counter()
        self.larger = collections.Counter()
        self.examples = collections.defaultdict(list)

    def differ(self, category, *what):
        self.differences[category] += 1
        self.examples[category].append(" ".join(map(str, what)))

    def file(self, path, source, rows):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(source)
                code = compile(source, path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, UnicodeError):
            return
        encoding = tokenize.detect_encoding(iter(source.splitlines(keepends=True)).__next__)[0]
        if encoding not in ("utf-8", "utf-8-sig"):
            source = source.decode(encoding).encode()
        self.files += 1
        self.blurred = set()
        file = File(source, rows)
        context = Context(tree, file)
        waiting = [code]
        while waiting:
            code = waiting.pop()
            # A code object in a block that never runs is still a constant, and no instruction loads it.
            loaded = {id(i.argval) for i in dis.get_instructions(code)}
            inner = [c for c in code.co_consts if isinstance(c, types.CodeType)]
            waiting.extend(c for c in inner if id(c) in loaded)
            self.skipped["never runs"] += sum(id(c) not in loaded for c in inner)
            self.codes += 1
            self.compare(path, Code(code), file, context)

    def compare(self, path, code, file, context):
        # The compiler has several copies of blocks that run on several ways, and of short ones: they are one use.
        uses = {}
        for instruction, name, exact, mask in code.loads():
            space, _, plain = name.rpartition(" ")
            if code.is_part and (space == "GLOBAL" or space == "DEREF" and plain in code.code.co_freevars):
                self.skipped["outer name"] += 1
            elif not plain.startswith("."):
                use = self.use(path, code, instruction, plain, exact, file, context)
                if use is not None:
                    self.loads += 1
                    uses[use, name] = uses.get((use, name), 0) | mask
        for (use, name), mask in uses.items():
            where = "%s:%s %s" % (path, file.line(use), name)
            self.judge(where, code.code.co_name, code.reaching(name, mask), file.uses[use], file, context)

    def use(self, path, code, instruction, name, exact, file, context):
        """The offset of the use that an instruction is; None if it is none, which is counted."""
        span, line = file.span(instruction.positions), instruction.positions.lineno
        private = name.find("__", 1) if name.startswith("_") else -1
        names = {name, name[private:]} if private > 0 else {name}
        is_delete = instruction.opname in DELETES
        if not exact:
            found = set().union(*(file.by_line[name, line] for name in names))
            if len(found) == 1:
                return next(iter(found))
            self.skipped["second half"] += 1
            self.blurred.update(found)
        elif context.names.get((span, is_delete)) not in names:
            # The loads of `super()`, closures, the end of `except ... as`, `__name__` of a class.
            in_fstring = sys.version_info < (3, 12) and span is not None and context.in_fstring(span)
            self.skipped["f-string" if in_fstring else "no name"] += 1
        elif name in IMPLICIT and span[0] not in file.uses:
            # Bound by a docstring, or by a class for its body and its methods.
            self.skipped["implicit"] += 1
        elif span[0] in file.uses and file.uses[span[0]][0]["use_bend"] == span[1]:
            return span[0]
        elif context.only_comprehensions_bind(code, name):
            self.skipped["outer name"] += 1
        else:
            self.differ("no use", "%s:%s %s" % (path, line, name), code.code.co_name)
        return None

    def judge(self, where, function, stores, rows, file, context):
        if not all(row["is_complete"] for row in rows):
            self.skipped["incomplete"] += 1
            return
        self.uses += 1
        matched = set()
        for store, exact in stores:
            if store not in (None, PARAMETER) and (file.span(store.positions), True) in context.names:
                # `e = None` at the end of `except ... as e: ...; del e` is said to stand at `del e`.
                self.skipped["implicit"] += 1
                continue
            self.pairs += 1
            found = [i for i, row in enumerate(rows) if context.matches(store, exact, row)]
            if not found:
                what = store if store in (None, PARAMETER) else (store.opname, tuple(store.positions))
                ours = [row["reason"] or file.line(row["def_bstart"]) for row in rows]
                self.differ("no definition" if store else "not unbound", where, function, what, "ours", ours)
            matched.update(found)
        if len(matched) == len(rows):
            self.equal += 1
        for i, row in enumerate(rows):
            if i not in matched:
                why = "second half" if row["use_bstart"] in self.blurred else context.why_larger(row)
                category = "larger: " + why
                self.larger[category] += 1
                self.examples[category].append("%s ours %s" % (where, row["reason"] or file.line(row["def_bstart"])))

    def report(self):
        version = sys.version.split()[0]
        print("CPython %s: %d files, %d code objects, %d loads: %d uses with %d reaching stores compared"
              % (version, self.files, self.codes, self.loads, self.uses, self.pairs))
        print("%d uses have exactly the stores of the bytecode" % self.equal)
        for category, count in sorted(self.skipped.items()):
            print("not compared: %-12s %7d" % (category, count))
        for category, count in self.larger.most_common():
            print("%-22s %7d  %s" % (category, count, LARGER[category.removeprefix("larger: ")]))
            for example in self.examples[category][:SHOWN]:
                print("    " + example)
        for category, count in self.differences.most_common():
            print("DIFFERENT  %-16s %7d" % (category, count))
            for example in self.examples[category][:SHOWN]:
                print("    " + example)
        total = sum(self.differences.values())
        print("%d undocumented differences" % total)
        return total


class Context:
    """What the tree says of positions."""

    def __init__(self, tree, file):
        self.file = file
        self.headers, self.fstrings, self.generators = [], [], []
        self.patterns, self.comprehensions, self.handlers = [], [], []
        self.names = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                self.names[self.span(node), isinstance(node.ctx, ast.Del)] = node.id
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                start, end = self.span(node)
                first = min([start] + [self.span(d)[0] for d in node.decorator_list])
                body = self.span(node.body[0])[0]
                self.headers.append((start, body, first, end))
            elif isinstance(node, ast.JoinedStr):
                self.fstrings.append(self.span(node))
            elif isinstance(node, ast.GeneratorExp):
                self.generators.append(self.span(node))
            elif isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp)):
                self.comprehensions.append(self.span(node))
            elif isinstance(node, ast.ExceptHandler):
                self.handlers.append(self.span(node))
            elif isinstance(node, ast.match_case):
                self.patterns.append(self.span(node.pattern))

    def span(self, node):
        return (self.file.offset(node.lineno, node.col_offset), self.file.offset(node.end_lineno, node.end_col_offset))

    def only_comprehensions_bind(self, code, name):
        """Whether a free variable is bound only by comprehensions that are part of the code object since 3.12."""
        stores = [store for store, n, _ in code.stores if n == "DEREF " + name and store is not None]
        spans = [self.file.span(store.positions) for store in stores]
        return name in code.code.co_freevars and all(
            span is not None and any(start <= span[0] and span[1] <= end for start, end in self.comprehensions)
            for span in spans)

    def in_fstring(self, span):
        return any(start <= span[0] < end for start, end in self.fstrings)

    def matches(self, store, exact, row):
        """Whether a row says that the store reaches."""
        is_docstring = store not in (None, PARAMETER) and store.argval == "__doc__" and store.opname == "STORE_NAME"
        if store is None or is_docstring and row["reason"] == "outside":
            return row["reason"] in ("unbound", "outside")
        if row["def_bstart"] is None:
            return False
        if store is PARAMETER:
            return row["def_kind"] == "parameter"
        at, line = row["def_bstart"], store.positions.lineno
        span = self.file.span(store.positions)
        if row["def_kind"] == "pattern" and span is not None:
            # The stores of a pattern stand where it does, not where their names do.
            return any(s <= at < e and self.file.line(s) <= self.file.line(span[0]) <= self.file.line(e)
                       for s, e in self.patterns)
        if not exact:
            return self.file.line(at) == line or row["def_kind"] in ("function", "class")
        if span is None:
            return self.file.line(at) == line
        if row["def_kind"] in ("function", "class"):
            headers = [h for h in self.headers if h[0] <= at < h[1]]
            if headers:
                _, _, first, end = max(headers)
                return first - 1 <= span[0] and span[1] <= end
        return span[0] <= at and row["def_bend"] <= span[1]

    def why_larger(self, row):
        places = [row["use_bstart"]] if row["def_bstart"] is None else [row["use_bstart"], row["def_bstart"]]

        def inside(spans):
            return any(start <= place < end for start, end in spans for place in places)

        if row["def_kind"] == "star_import":
            return "star"
        if inside(self.generators):
            return "generator"
        if row["def_kind"] == "walrus" and inside(self.comprehensions):
            return "comprehension"
        if row["needs_suppression"]:
            return "with"
        if inside(self.handlers):
            return "handler"
        return "other"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    binary_rows.add_arguments(parser)
    arguments = parser.parse_args()
    if sys.version_info < (3, 11):
        raise SystemExit("instructions have no positions before 3.11")
    sys.setrecursionlimit(10_000)
    judge = Judge()
    for folder in arguments.folders:
        source = binary_rows.Source(arguments, folder)
        for path, rows in source.files(("def_use", COLUMNS, "path, use_node_id, source_index")):
            with open(os.path.join(folder, path), "rb") as file:
                judge.file(path, file.read(), rows)
    documented = judge.skipped + judge.larger
    binary_rows.write_summary(arguments, judge.files, judge.pairs, judge.differences, documented)
    if judge.files == 0:
        raise SystemExit("no file to compare")
    sys.exit(1 if judge.report() else 0)


if __name__ == "__main__":
    main()

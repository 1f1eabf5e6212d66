#!/usr/bin/env python3
"""Compares the datasets of names with what the `ast` of the interpreter that runs this script says.

    python3 tests/judge_names.py [--binary PATH | --dump PATH] [--sample N] [--show N] [--only DATASET,…] FOLDER…

Every file that `ast.parse` accepts is compared row by row: `definitions`, `parameters`, `decorators`, `references`,
`imports`, `calls`, `call_arguments`, `assignments`, `type_annotations`, `base_classes`, and the `all` rows of `exports`.
Spans are bytes, texts are the bytes of spans. A row that `ast` does not give, a row missing, and a cell that differs are
differences; the exit code is 1 if there is one that is not documented here.

Not compared, and counted under its name:

fstring     Before 3.12, positions inside f-strings are not those of the source: rows inside a `JoinedStr` are left out.
node_id     Before 3.13, f-strings have other nodes: the numbers of nodes are left out, rows are known by their spans.
alias       Before 3.10, an `alias` has no position.
"""

import argparse
import ast
import collections
import itertools
import pathlib
import sys

import binary_rows
from judge_ast import Flattener, accepted

HAS_OLD_FSTRINGS = sys.version_info < (3, 12)
HAS_NODE_IDS = sys.version_info >= (3, 13)
HAS_ALIAS_PLACES = sys.version_info >= (3, 10)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SCOPES = FUNCTIONS + (ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
SINGLETONS = (ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop)
MAX_TEXT, MAX_STRING, MAX_STEPS = 256, 16 << 10, 32
ORDERS = {
    "parameters": "owner_node_id, position", "decorators": "owner_node_id, position",
    "call_arguments": "call_node_id, position", "base_classes": "owner_node_id, position", "exports": "bstart, kind",
}  # fmt: skip
SHAPES = {
    "Name": "name", "Attribute": "attribute", "Subscript": "subscript", "Call": "call", "Constant": "constant",
    "JoinedStr": "fstring", "TemplateStr": "fstring", "Tuple": "tuple", "List": "list", "Set": "set", "Dict": "dict",
    "ListComp": "comprehension", "SetComp": "comprehension", "DictComp": "comprehension",
    "GeneratorExp": "comprehension", "Lambda": "lambda", "BoolOp": "operation", "BinOp": "operation",
    "UnaryOp": "operation", "Compare": "operation", "IfExp": "conditional", "NamedExpr": "walrus", "Await": "await",
    "Yield": "yield", "YieldFrom": "yield", "Starred": "starred", "Slice": "slice",
}  # fmt: skip


def shape(node):
    return SHAPES[type(node).__name__]


def dotted(node):
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id] + parts[::-1]) if isinstance(node, ast.Name) else None


def head(node):
    while isinstance(node, ast.Subscript):
        node = node.value
    return node


def parts(text):
    """The first and the last part of a dotted text."""
    return (text.split(".")[0], text.split(".")[-1]) if text is not None else (None, None)


def cut(text):
    data = text.encode()
    return text if len(data) <= MAX_TEXT else data[:MAX_TEXT].decode(errors="ignore") + "…"


def known_values(targets, value):
    """For every target of an unpacking, the one node that it can only get, else None."""
    if not isinstance(value, (ast.Tuple, ast.List)):
        return [None] * len(targets)
    star = next((i for i, t in enumerate(targets) if isinstance(t, ast.Starred)), None)
    stars = sum(isinstance(e, ast.Starred) for e in value.elts)
    if stars > 2 or (stars == 2 and len(targets) > 8):
        raise NotImplementedError("more stars than this judge tries out")
    outcomes = []
    # Every star of the value is tried with so many elements; None is an element that is not written down.
    for sizes in itertools.product(range(len(targets) + 2), repeat=stars):
        sizes, elements = iter(sizes), []
        for e in value.elts:
            elements += [None] * next(sizes) if isinstance(e, ast.Starred) else [e]
        if star is None and len(elements) == len(targets):
            outcomes.append(elements)
        elif star is not None and len(elements) >= len(targets) - 1:
            behind = len(targets) - star - 1
            outcomes.append(elements[:star] + [None] + elements[len(elements) - behind :])
    return [column[0] if len(set(column)) == 1 else None for column in zip(*outcomes)] or [None] * len(targets)


class Deriver:
    """The rows that each dataset should have, from a tree of `ast`."""

    def __init__(self, text, module):
        self.places = Flattener(text)
        self.data = self.places.data
        self.module = module
        self.ids, self.rows, self.skipped = {}, collections.defaultdict(list), []
        self.number()

    def span(self, node):
        p = self.places
        return p.offset(node.lineno, node.col_offset), p.offset(node.end_lineno, node.end_col_offset)

    def text(self, node):
        start, end = self.span(node)
        return self.data[start:end].decode()

    def id(self, node):
        return self.ids[node] if HAS_NODE_IDS else None

    def maybe(self, node):
        """Node id and span of an expression that may be missing."""
        return (self.id(node), *self.span(node)) if node is not None else (None, None, None)

    def number(self):
        # A stack instead of a recursion: trees may be deep.
        stack, visits = [(self.module, "module", None, False)], []
        while stack:
            node, owner, parent, in_string = stack.pop()
            self.ids[node] = len(self.ids)
            if HAS_OLD_FSTRINGS and isinstance(node, ast.JoinedStr) and not in_string:
                in_string = True
                self.skipped.append(self.span(node))
            elif not in_string:
                visits.append((node, owner, parent))
            # What is in the body of a definition belongs to it, the rest to the scope around.
            children = []
            for name in node._fields:
                value = getattr(node, name, None)
                inner = type(node).__name__ if isinstance(node, SCOPES) and name == "body" else owner
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST) and not isinstance(child, SINGLETONS):
                        children.append((child, inner, node, in_string))
            stack.extend(reversed(children))
        for visit in visits:
            self.visit(*visit)

    def visit(self, node, owner, parent):
        if isinstance(node, FUNCTIONS + (ast.Lambda,)):
            kind = "lambda" if isinstance(node, ast.Lambda) else "method" if owner == "ClassDef" else "function"
            self.parameters(node, kind)
        if isinstance(node, FUNCTIONS + (ast.ClassDef,)):
            self.definition(node, "class" if isinstance(node, ast.ClassDef) else kind)
        if isinstance(node, ast.ClassDef):
            self.arguments(node, node.bases, node.keywords, self.base)
        elif isinstance(node, ast.Call):
            self.call(node, parent)
            self.arguments(node, node.args, node.keywords, self.argument)
        elif isinstance(node, ast.Name):
            self.rows["references"].append((self.id(node), node.id, type(node.ctx).__name__.lower()) + self.span(node))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            self.imports(node)
        self.assignments(node)

    def definition(self, node, kind):
        first = node.body[0]
        value = first.value if isinstance(first, ast.Expr) else None
        is_docstring = isinstance(value, ast.Constant) and isinstance(value.value, str)
        doc = self.span(value) if is_docstring else (None, None)
        decorators = node.decorator_list
        is_async = isinstance(node, ast.AsyncFunctionDef)
        # A decorated statement begins with its decorator.
        body = self.span(first)[0] if not getattr(first, "decorator_list", None) else None
        row = (self.id(node), kind, node.name, is_async, len(decorators)) + self.span(node) + (body,) + doc
        self.rows["definitions"].append(row)
        for i, d in enumerate(decorators):
            is_call = isinstance(d, ast.Call)
            chain = dotted(d.func if is_call else d)
            root, last = parts(chain)
            call = self.id(d) if is_call else None
            row = (self.id(node), i, self.id(d), shape(d), is_call, call, chain, root, last) + self.span(d)
            self.rows["decorators"].append((self.ids[node], row))

    def parameters(self, node, owner):
        a, position = node.args, 0
        positional = [("posonly", p) for p in a.posonlyargs] + [("positional", p) for p in a.args]
        defaults = [None] * (len(positional) - len(a.defaults)) + list(a.defaults)
        listed = [(k, p, d) for (k, p), d in zip(positional, defaults)]
        listed += [("vararg", a.vararg, None)] if a.vararg else []
        listed += [("kwonly", p, d) for p, d in zip(a.kwonlyargs, a.kw_defaults)]
        listed += [("kwarg", a.kwarg, None)] if a.kwarg else []
        for position, (kind, p, d) in enumerate(listed):
            default = (d is not None, shape(d) if d else None, cut(self.text(d)) if d else None) + self.maybe(d)
            annotation = (self.text(p.annotation) if p.annotation else None,) + self.maybe(p.annotation)
            row = (self.id(node), position, self.id(p), owner, kind, p.arg) + default + annotation + self.span(p)
            self.rows["parameters"].append((self.ids[node], row))
            self.annotation("parameter", p.annotation, p, p.arg)
        if not isinstance(node, ast.Lambda):
            self.annotation("return", node.returns, node, node.name)

    def annotation(self, role, node, owner, name):
        if node is None:
            return
        is_string = isinstance(node, ast.Constant) and isinstance(node.value, str)
        chain, inner = dotted(head(node)), None
        if is_string:
            inner = node.value.strip(" \t\n\r\f")
            try:
                chain = dotted(head(ast.parse(inner, mode="eval").body))
                inner = inner if len(inner.encode()) <= MAX_STRING else None
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                chain, inner = None, None
        row = (self.id(node), role, self.id(owner), name, self.text(node), is_string, inner, chain, parts(chain)[0])
        self.rows["type_annotations"].append((node, row + self.span(node)))

    def call(self, node, parent):
        f = node.func
        callee_shape = shape(f) if shape(f) in ("name", "attribute", "call", "subscript", "lambda") else "other"
        chain = dotted(f)
        last = f.id if isinstance(f, ast.Name) else f.attr if isinstance(f, ast.Attribute) else None
        receiver = chain.rpartition(".")[0] or None if chain else None
        stars = any(isinstance(a, ast.Starred) for a in node.args)
        double = any(k.arg is None for k in node.keywords)
        is_awaited = isinstance(parent, ast.Await)
        is_decorator = node in getattr(parent, "decorator_list", ())
        row = (self.id(node), callee_shape, chain, last, receiver, parts(chain)[0], len(node.args), len(node.keywords))
        row += (stars, double, is_awaited, is_decorator) + self.span(node) + self.span(f)
        self.rows["calls"].append(row)

    def arguments(self, owner, args, keywords, add):
        listed = sorted(args + keywords, key=lambda a: self.span(a))
        for position, a in enumerate(listed):
            if isinstance(a, ast.keyword):
                kind, keyword, value = ("keyword" if a.arg else "double_star"), a.arg, a.value
            elif isinstance(a, ast.Starred):
                kind, keyword, value = "star", None, a.value
            else:
                kind, keyword, value = "positional", None, a
            add(owner, position, a, kind, keyword, value)

    def base(self, owner, position, node, kind, keyword, value):
        kind = "base" if kind == "positional" else kind
        chain = dotted(head(value))
        root, last = parts(chain)
        row = (self.id(owner), position, self.id(node), kind, keyword, shape(value), self.text(value), chain, root, last)
        self.rows["base_classes"].append((self.ids[owner], row + self.span(value)))

    def argument(self, owner, position, node, kind, keyword, value):
        chain = dotted(value)
        row = (self.id(owner), position, self.id(node), kind, keyword, self.id(value), shape(value), chain)
        row += (parts(chain)[0],) + self.span(node) + self.span(value)
        self.rows["call_arguments"].append((self.ids[owner], row))

    def imports(self, node):
        is_from = isinstance(node, ast.ImportFrom)
        for i, alias in enumerate(node.names):
            module = node.module if is_from else alias.name
            name = alias.name if is_from else None
            place = self.span(alias) if HAS_ALIAS_PLACES else (None, None)
            row = (self.id(alias), "from" if is_from else "import", module, node.level if is_from else 0, name)
            self.rows["imports"].append(row + (alias.asname, i) + place + self.span(node))

    def assignments(self, node):
        if isinstance(node, ast.Assign):
            for i, target in enumerate(node.targets):
                self.assigned("assign", node, i, target, (), node.value, node.value)
        elif isinstance(node, ast.AugAssign):
            self.assigned("augmented", node, 0, node.target, (), None, node.value)
        elif isinstance(node, ast.AnnAssign):
            self.assigned("annotated", node, 0, node.target, (), node.value, node.value)
            kinds = {ast.Name: "variable", ast.Attribute: "attribute", ast.Subscript: "subscript"}
            name = getattr(node.target, "id", getattr(node.target, "attr", None))
            self.annotation(kinds[type(node.target)], node.annotation, node.target, name)
        elif isinstance(node, ast.NamedExpr):
            self.assigned("walrus", node, 0, node.target, (), node.value, node.value)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            self.assigned("for", node, 0, node.target, (), None, node.iter)
        elif isinstance(node, ast.comprehension):
            self.assigned("comprehension", node, 0, node.target, (), None, node.iter)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            self.assigned("with", node, 0, node.optional_vars, (), None, node.context_expr)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            self.captured("except", node, node, node.name, None, node.type)
        elif type(node).__name__ == "TypeAlias":
            self.assigned("type_alias", node, 0, node.name, (), node.value, node.value)
        elif type(node).__name__ == "Match":
            for case in node.cases:
                self.pattern(node.subject, case, case.pattern, node.subject)

    def pattern(self, subject, case, node, value):
        kind = type(node).__name__
        name = node.rest if kind == "MatchMapping" else getattr(node, "name", None)
        if name:
            self.captured("match", node, case, name, value if kind == "MatchAs" else None, subject)
        inner = value if kind in ("MatchAs", "MatchOr") else None
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.pattern):
                self.pattern(subject, case, child, inner)

    def assigned(self, kind, construct, index, target, path, value, source):
        if isinstance(target, (ast.Tuple, ast.List)):
            star = next((i for i, t in enumerate(target.elts) if isinstance(t, ast.Starred)), len(target.elts))
            for i, (t, v) in enumerate(zip(target.elts, known_values(target.elts, value))):
                step = str(i) if i < star else "*" if i == star else str(i - len(target.elts))
                self.assigned(kind, construct, index, t, path + (step,), v, source)
            return
        if isinstance(target, ast.Starred):
            return self.assigned(kind, construct, index, target.value, path, None, source)
        if len(path) > MAX_STEPS:
            path = path[:MAX_STEPS] + ("…",)
        name = getattr(target, "id", getattr(target, "attr", None))
        root, text = parts(dotted(head(target)))[0], dotted(target) or cut(self.text(target))
        row = (self.id(target), kind, index, ".".join(path) or None, shape(target), text, name, root)
        self.add_assignment(target, construct, row, value, source, self.span(target))

    def captured(self, kind, node, construct, name, value, source):
        row = (self.id(node), kind, 0, None, "name", name, name, name)
        # The name has no position in `ast`; that of ours is checked to hold it.
        self.add_assignment(node, construct, row, value, source, (name, None))

    def add_assignment(self, node, construct, row, value, source, place):
        chain = dotted(value) if value is not None else None
        row += (self.id(construct), shape(value) if value is not None else None, cut(chain) if chain else None)
        self.rows["assignments"].append((node, row + self.maybe(value) + self.maybe(source) + place))

    def exports(self):
        """What is done with `__all__` by the statements of the module and of its blocks."""
        is_all = lambda node: isinstance(node, ast.Name) and node.id == "__all__"
        rows = []

        def add(node, way, branch):
            node = node.value if isinstance(node, ast.Starred) else node
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
            name, origin = (node.value, None) if is_text else (None, dotted(node))
            rows.append((self.span(node)[0], "all", way, name, origin, branch, self.span(node)[1]))

        def elements(node, way, branch):
            if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
                for e in node.elts:
                    if isinstance(e, ast.Starred):
                        elements(e.value, way, branch)
                    else:
                        add(e, way, branch)
            elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
                elements(node.left, way, branch)
                elements(node.right, way, branch)
            elif isinstance(node, ast.Constant):
                # The names of a text would be its characters: `__all__ = ("spam")` exports no `spam`.
                rows.append((self.span(node)[0], "all", way, None, None, branch, self.span(node)[1]))
            elif not is_all(node):
                add(node, way, branch)

        def block(body, branch):
            for s in body:
                targets = getattr(s, "targets", [getattr(s, "target", None)])
                call = s.value if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call) else None
                if isinstance(s, (ast.Assign, ast.AnnAssign)) and any(map(is_all, targets)) and s.value:
                    inner = {n for n in ast.walk(s.value) if is_all(n)}
                    elements(s.value, "augmented" if inner else "assign", branch)
                elif isinstance(s, ast.AugAssign) and is_all(s.target) and isinstance(s.op, ast.Add):
                    elements(s.value, "augmented", branch)
                elif call and isinstance(call.func, ast.Attribute) and is_all(call.func.value) and call.args:
                    way = call.func.attr
                    if way == "extend":
                        elements(call.args[0], way, branch)
                    elif way in ("append", "remove", "insert"):
                        add(call.args[-1], way, branch)
                elif not isinstance(s, FUNCTIONS + (ast.ClassDef,)):
                    inner = branch or not isinstance(s, (ast.With, ast.AsyncWith))
                    for field in ("body", "orelse", "finalbody"):
                        block(getattr(s, field, []), inner)
                    for part in getattr(s, "handlers", []) + getattr(s, "cases", []):
                        block(part.body, True)

        block(self.module.body, False)
        return sorted(rows, key=lambda row: row[0])

    def derived(self, dataset):
        if dataset == "exports":
            return self.exports()
        rows = self.rows[dataset]
        if dataset in ("assignments", "type_annotations"):
            rows = sorted(rows, key=lambda r: self.ids[r[0]])
        elif dataset in ORDERS:
            rows = sorted(rows, key=lambda r: (r[0], r[1][1]))
        else:
            return rows
        return [row for _, row in rows]


NODES = {"node_id", "owner_node_id", "call_node_id", "construct_node_id", "default_node_id", "annotation_node_id",
         "value_node_id", "source_node_id"}  # fmt: skip
COLUMNS = {
    "definitions": "node_id kind name is_async decorator_count bstart bend body_bstart docstring_bstart docstring_bend",
    "parameters": "owner_node_id position node_id owner_kind kind name has_default default_shape default_text "
    "default_node_id default_bstart default_bend annotation annotation_node_id annotation_bstart annotation_bend bstart bend",
    "decorators": "owner_node_id position node_id shape is_call call_node_id dotted root_name name bstart bend",
    "references": "node_id name context bstart bend",
    "imports": "node_id kind module level name asname alias_index bstart bend statement_bstart statement_bend",
    "calls": "node_id callee_shape callee callee_name receiver root_name positional_count keyword_count has_star "
    "has_double_star is_awaited is_decorator bstart bend callee_bstart callee_bend",
    "call_arguments": "call_node_id position node_id kind keyword value_node_id value_shape value root_name bstart bend "
    "value_bstart value_bend",
    "assignments": "node_id kind target_index target_path target_shape target name root_name construct_node_id "
    "value_shape value value_node_id value_bstart value_bend source_node_id source_bstart source_bend bstart bend",
    "type_annotations": "node_id role owner_node_id name text is_string string_text dotted root_name bstart bend",
    "base_classes": "owner_node_id position node_id kind keyword shape text dotted root_name name bstart bend",
    "exports": "bstart kind reason name origin is_conditional bend",
}


class Comparison:
    """One dataset of one file, brought into the form of `derived`."""

    def __init__(self, dataset, deriver, rows):
        self.dataset, self.deriver, self.columns = dataset, deriver, COLUMNS[dataset].split()
        self.ours = [self.adapted(dict(zip(self.columns, row[1:]))) for row in rows]
        self.ours = [row for row in self.ours if row is not None]

    def adapted(self, row):
        data, start, end = self.deriver.data, row["bstart"], row["bend"]
        if any(a <= start and end <= b and (a, b) != (start, end) for a, b in self.deriver.skipped):
            return None
        if self.dataset == "exports" and row["kind"] != "all":
            return None
        if not HAS_NODE_IDS:
            row.update((column, None) for column in NODES & row.keys())
        if self.dataset == "definitions":
            # A decorated statement begins with its decorator, for us.
            row["body_bstart"] = None if data[row["body_bstart"] : row["body_bstart"] + 1] == b"@" else row["body_bstart"]
        if self.dataset == "calls" and row["callee"] is None:
            row["receiver"] = None
        if self.dataset == "imports" and not HAS_ALIAS_PLACES:
            row["bstart"] = row["bend"] = None
        if self.dataset == "assignments" and row["kind"] in ("except", "match"):
            row["bstart"], row["bend"] = data[start:end].decode(), None
        return tuple(row[column] for column in self.columns)

    def differences(self):
        ours, theirs = self.ours, self.deriver.derived(self.dataset)
        if ours == theirs:
            return collections.Counter(), [], len(theirs)
        counts, examples = collections.Counter(), []
        if len(ours) == len(theirs):
            for a, b in zip(ours, theirs):
                if a != b:
                    columns = [c for c, x, y in zip(self.columns, a, b) if x != y]
                    counts[f"{self.dataset}: {', '.join(columns)}"] += 1
                    examples.append((a, b))
        else:
            left, right = collections.Counter(ours), collections.Counter(theirs)
            counts[f"{self.dataset}: a row of ours alone"] = sum((left - right).values())
            counts[f"{self.dataset}: a row of theirs alone"] = sum((right - left).values())
            examples += [(a, None) for a in left - right] + [(None, b) for b in right - left]
        return counts, examples, len(theirs)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    binary_rows.add_arguments(parser)
    parser.add_argument("--show", type=int, default=0, help="print that many examples of differences")
    parser.add_argument("--only", default=",".join(COLUMNS), help="the datasets to compare (default: all)")
    arguments = parser.parse_args()
    sys.setrecursionlimit(20_000)
    chosen, files, shown = arguments.only.split(","), 0, 0
    rows, differences, documented = collections.Counter(), collections.Counter(), collections.Counter()
    for folder in arguments.folders:
        source = binary_rows.Source(arguments, folder)
        query = lambda d: (d, ["path"] + COLUMNS[d].split(), "path, " + ORDERS.get(d, "node_id"))
        for path, *found in source.files(*map(query, chosen)):
            judged = accepted(pathlib.Path(folder, path).read_bytes())
            if judged is None:
                continue
            files += 1
            deriver = Deriver(*judged)
            documented["fstring"] += len(deriver.skipped)
            for dataset, ours in zip(chosen, found):
                counts, examples, count = Comparison(dataset, deriver, ours).differences()
                rows[dataset] += count
                differences.update(counts)
                for example in examples:
                    if shown < arguments.show:
                        shown += 1
                        print(f"{path}\n  ours   {example[0]}\n  theirs {example[1]}")
    print(f"{files} files compared with CPython {sys.version.split()[0]}")
    for dataset in chosen:
        print(f"  {dataset}: {rows[dataset]} rows")
    documented["node_id"] = 0 if HAS_NODE_IDS else files
    documented["alias"] = 0 if HAS_ALIAS_PLACES else rows["imports"]
    for category, count in documented.items():
        print(f"  documented: {category}: {count} not compared")
    for category, count in differences.most_common():
        print(f"  DIFFERENCE: {category}: {count}")
    binary_rows.write_summary(arguments, files, sum(rows.values()), differences, documented)
    if not files:
        sys.exit("nothing was compared")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()

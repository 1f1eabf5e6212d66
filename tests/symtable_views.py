"""The tables of `symtable` of one version of Python, from rows of `scopes` and `symbols`.

The rows are those of the newest grammar: annotations are scopes of their own (PEP 649, Python 3.14), and so are comprehensions,
which CPython has made part of the scope around since 3.12 (PEP 709). Here is what makes the tables of other versions of them.
"""

INLINED = {"listcomp", "setcomp", "dictcomp"}
LAZY = {"annotation", "type_alias", "type_variable"}
# What says that a scope itself uses or binds a name. A symbol without is there for a scope below that means one further out.
OWN = ["is_referenced", "is_imported", "is_parameter", "is_nonlocal", "is_declared_global", "is_annotated", "is_assigned",
       "is_type_parameter"]


class Scope:
    """A scope with its symbols, as flags by name, and the scopes right inside."""

    def __init__(self, row):
        self.kind, self.name, self.line, self.is_nested = row["kind"], row["name"], row["line"], row["is_nested"]
        # Of variables in a scope, not of a function.
        self.is_annotation_of_variables = row["qualified_name"].endswith("<annotations>")
        self.children, self.symbols = [], {}

    def walk(self):
        """This scope and all below, each behind those inside of it."""
        waiting, found = [self], []
        while waiting:
            scope = waiting.pop()
            found.append(scope)
            waiting.extend(scope.children)
        return reversed(found)


def is_own(flags):
    return any(flags[flag] for flag in OWN)


def without_annotation_scopes(module):
    """Before 3.14: annotations are evaluated where they stand, and nothing asks for a format."""
    for scope in module.walk():
        if scope.kind in LAZY:
            scope.symbols.pop(".format", None)
        children = []
        for child in scope.children:
            if child.kind != "annotation":
                children.append(child)
                continue
            children.extend(child.children)
            for moved in child.children:
                moved.is_nested = scope.is_nested or scope.kind not in ("module", "class")
            for name, flags in child.symbols.items():
                if name in (".format", "__classdict__"):
                    continue
                there = scope.symbols.setdefault(name, flags)
                there["is_referenced"] |= flags["is_referenced"]
                # `:=` in an annotation, which 3.14 forbids.
                there["is_assigned"] |= flags["is_assigned"]
                there["is_global"] |= scope.kind == "module" and flags["is_assigned"]
        scope.children = children


def without_local_annotations(module):
    """3.14 does not look at names in annotations in functions, which are never evaluated. Gives their number."""
    count = 0
    for scope in module.walk():
        if scope.kind != "function":
            continue
        for child in scope.children:
            if child.is_annotation_of_variables:
                for name in [n for n, f in child.symbols.items() if n != ".format" and is_own(f) and not f["is_assigned"]]:
                    count += 1
                    # A scope inside of the annotation may still have it.
                    child.symbols[name]["is_referenced"] = False
                    if not child.symbols[name]["is_free"]:
                        del child.symbols[name]
    return count


def settle_free_names(module):
    """Leaves out names that are there only for a scope below which no longer has them."""
    for scope in module.walk():
        below = {n for child in scope.children for n, f in child.symbols.items() if f["is_free"]}
        for name, flags in list(scope.symbols.items()):
            if not is_own(flags) and flags["is_free"] and name not in below:
                del scope.symbols[name]
            elif flags["is_free_class"]:
                flags["is_free_class"] = name in below


def with_inlined_comprehensions(module):
    """3.12 and later: the names of a comprehension become names of the scope around, unless that has them. Not in a class's
    annotations, type aliases and type parameters, which see the names of the class. Gives the number of comprehensions."""
    merged = 0
    for scope in module.walk():
        children, inlined = [], []
        for child in scope.children:
            if child.kind in INLINED and "__classdict__" not in scope.symbols:
                inlined.append(child)
                children.extend(child.children)
            else:
                children.append(child)
        scope.children = children
        merged += len(inlined)
        for child in inlined:
            inline(child, scope)
    return merged


def inline(comprehension, scope):
    free = {n for child in comprehension.children for n, f in child.symbols.items() if f["is_free"]}
    for name, flags in comprehension.symbols.items():
        if flags["is_parameter"] or not is_own(flags):
            continue
        there = scope.symbols.get(name)
        if there is None or not is_own(there):
            there = scope.symbols[name] = dict(flags)
            there["is_global"] |= scope.kind == "module" and flags["is_assigned"]
            there["is_free_class"] = scope.kind == "class" and flags["is_free"]
        there["is_comp_cell"] |= flags["is_comp_cell"] or flags["is_local"] and name in free


def mark_namespaces(module):
    """A symbol is a namespace where a table right below has its name."""
    for scope in module.walk():
        names = {child.name for child in scope.children}
        for name, flags in scope.symbols.items():
            flags["is_namespace"] = name in names

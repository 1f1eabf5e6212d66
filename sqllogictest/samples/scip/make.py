"""Writes index.scip: a small index that shows what an index may say, and where it may be wrong."""


def number(value):
    out = b""
    value &= (1 << 64) - 1
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(tag, value):
    if isinstance(value, int):
        return number(tag << 3) + number(value)
    if isinstance(value, list):
        value = b"".join(map(number, value))
    if isinstance(value, str):
        value = value.encode()
    return number(tag << 3 | 2) + number(len(value)) + value


def message(*fields):
    return b"".join(field(tag, value) for tag, value in fields)


UTF8, UTF16, UTF32 = 1, 2, 3
PACKAGE = "scip-python python demo 1.0 `py.m`/"
EXTERNAL = "scip-python python builtins 3.12 `builtins`/int#"


def occurrence(span, symbol, roles=0, *more):
    return 2, message((1, span), (2, symbol), (3, roles), *more)


def document(path, encoding, *fields):
    declared = [(6, encoding)] if encoding else []
    return 2, message((1, path), (4, "Python"), *declared, *fields)


diagnostic = message((1, 2), (2, "W1"), (3, "y is old"), (4, "linter"), (5, [1, 2]))
f = message(
    (1, PACKAGE + "f()."), (3, "Adds."), (3, "More."), (5, 17), (6, "f"), (7, message((4, "python"), (5, "def f(x)"))),
    (4, message((1, PACKAGE + "Base#f()."), (2, 1), (3, 1))), (4, message((1, EXTERNAL), (4, 1))),
)
x = message((1, "local 0"), (8, PACKAGE + "f()."), (4, message((1, PACKAGE + "f().(x)"), (5, 1))))
f2 = message((1, PACKAGE + "`f g`(+1)."))
wrong = message((1, "no symbol of the grammar"))

index = message(
    (1, message((2, message((1, "by-hand"), (2, "0.1"), (3, "-a"), (3, "b"))), (3, "file:///src"), (4, 1))),
    document(
        "py/m.py", UTF16,
        occurrence([0, 0, 1], PACKAGE + "é.", 1 | 4),
        occurrence([0, 9, 10], PACKAGE + "y.", 1 | 4, (6, diagnostic)),
        occurrence([0, 13, 14], PACKAGE + "é.", 8, (4, "The é.")),
        occurrence([0, 6, 7], "", 0),
        occurrence([3, 4, 5], PACKAGE + "f().", 1, (5, 15), (7, [3, 0, 4, 16])),
        occurrence([3, 6, 7], "local 0", 1),
        occurrence([4, 11, 12], "local 0", 2 | 8 | 16 | 32 | 64),
        occurrence([4, 11, 99], "local 0"), occurrence([9, 0, 1], "local 0"), occurrence([4, 12, 11], "local 0"),
        occurrence([4], "local 0"), occurrence([], "local 0"),
        (3, f), (3, x), (3, f2), (3, wrong),
    ),
    document("py/undeclared.py", 0, occurrence([0, 9, 10], "local 0"), (3, message((1, "local 0")))),
    document("py/units.py", UTF8, (5, "é = 1; z = é\n"), occurrence([0, 8, 9], "local 0")),
    document("py/units.py", UTF32, (5, "é = 1; z = é\n"), occurrence([0, 7, 8], "local 0")),
    document("py/gone.py", UTF8, occurrence([0, 0, 1], "local 0")),
    document("../above.py", UTF8, occurrence([0, 0, 1], "local 0")),
    (3, message((1, EXTERNAL), (5, 7), (6, "int"))),
)

with open("index.scip", "wb") as out:
    out.write(index)
with open("cut.scip", "wb") as out:
    out.write(index[:200])

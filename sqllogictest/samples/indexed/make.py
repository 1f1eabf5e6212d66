"""Writes demo/index.scip: what an index says of the files in demo, which takes declared types where our analysis takes values."""

import pathlib


def number(value):
    out = b""
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


def document(path, *names):
    """Of (line, name, symbol) or, where it is defined, (line, name, symbol, 1): the first name of its kind in the line, or at `name@2` the second."""
    lines = pathlib.Path("demo", path).read_text().split("\n")
    occurrences = []
    for line, name, symbol, *roles in names:
        name, _, which = name.partition("@")
        start = -1
        for _ in range(int(which or 1)):
            start = lines[line - 1].index(name, start + 1)
        occurrences.append((2, message((1, [line - 1, start, start + len(name)]), (2, symbol), (3, (roles or [0])[0]))))
    # As scip-python does, it does not say what columns count.
    return 2, message((1, path), (4, "python"), *occurrences)


SHAPES, MAIN = "scip-python python demo 1.0 shapes/", "scip-python python demo 1.0 main/"
PLUGIN = "scip-python python plugins 2.0 plugins/load()."
shapes = document(
    "shapes.py",
    (1, "Shape", SHAPES + "Shape#", 1), (2, "__init__", SHAPES + "Shape#__init__().", 1), (2, "size", SHAPES + "Shape#__init__().(size)", 1),
    (3, "size", SHAPES + "Shape#size.", 1), (3, "size@2", SHAPES + "Shape#__init__().(size)"), (5, "area", SHAPES + "Shape#area().", 1),
    (9, "Square", SHAPES + "Square#", 1), (9, "Shape", SHAPES + "Shape#"), (10, "area", SHAPES + "Square#area().", 1),
    (14, "make", SHAPES + "make().", 1), (14, "size", SHAPES + "make().(size)", 1), (15, "Square", SHAPES + "Square#"),
    (15, "size", SHAPES + "make().(size)"), (18, "traced", SHAPES + "traced().", 1), (19, "wrapper", SHAPES + "traced().wrapper().", 1),
    (22, "wrapper", SHAPES + "traced().wrapper()."), (25, "traced", SHAPES + "traced()."), (26, "double", SHAPES + "double().", 1),
    (27, "make", SHAPES + "make()."),
)  # fmt: skip
main = document(
    "main.py",
    (1, "plugins", "scip-python python plugins 2.0 plugins/__init__:"), (2, "shapes", SHAPES + "__init__:"), (2, "Shape", SHAPES + "Shape#"),
    (2, "double", SHAPES + "double()."), (2, "make", SHAPES + "make()."), (5, "known", MAIN + "known().", 1),
    (6, "shape", "local 0", 1), (6, "Shape", SHAPES + "Shape#"), (6, "make", SHAPES + "make()."), (7, "shape", "local 0"),
    (7, "area", SHAPES + "Shape#area()."), (10, "wrapped", MAIN + "wrapped().", 1), (11, "double", SHAPES + "double()."),
    (14, "outside", MAIN + "outside().", 1), (15, "load", PLUGIN), (15, "area", SHAPES + "Shape#area()."),
    (18, "built", MAIN + "built().", 1), (19, "Shape", SHAPES + "Shape#"),
)  # fmt: skip

with open("demo/index.scip", "wb") as out:
    out.write(message((1, message((2, message((1, "by-hand"), (2, "0.1"))), (3, "file:///demo"))), shapes, main))

"""Writes index.scip: what an index says of the calls in m.py."""


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


def occurrence(line, start, end, symbol):
    return 2, message((1, [line, start, end]), (2, symbol))


HERE = "scip-python python demo 1.0 `m`/"
OTHER = "scip-python python demo 1.0 other/"
document = message(
    (1, "m.py"), (4, "Python"), (6, 1),
    occurrence(1, 4, 5, HERE + "h()."), occurrence(2, 6, 7, HERE + "C#"),
    occurrence(3, 0, 1, HERE + "h()."), occurrence(3, 2, 3, HERE + "C#"),
    occurrence(4, 0, 1, OTHER + "f(+1)."), occurrence(4, 5, 9, OTHER + "Result#`done`()."),
    occurrence(7, 0, 1, "local 0"), occurrence(7, 2, 3, HERE + "h()."),
)  # fmt: skip

with open("index.scip", "wb") as out:
    out.write(message((1, message((3, "file:///src"), (4, 1))), (2, document)))

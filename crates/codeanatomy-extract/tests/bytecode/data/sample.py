"""Something of everything that all versions compile."""
import os.path as path
from . import sibling
from typing import *

NUMBERS = (0, -1, 2**75, 1.0, 1e16, -0.0, 2j, 1e300 * 1e10, ..., None, (True, ()), b"\x00'")
TEXT = "é\t'\"\u2028\ud800😀"


class Shape(list, metaclass=type):
    size: int = 0

    @property
    def area(self, *, scale=1):
        return super().area * scale + self.size

    async def draw(self, canvas, /, *args, **kwargs):
        async with canvas as c, canvas:
            async for row in c:
                yield await row
        for x in args:
            if x is None:
                continue
            elif x not in kwargs and x != 1 or not x:
                break
        else:
            del x


def outer(a, b=(1, 2)):
    global later
    total = 0

    def inner(c):
        nonlocal total
        total += c[a:b]
        return lambda d: (total, d)

    try:
        with open(a) as f:
            total = [x for x in f if x.strip() in {"a"}]
    except (OSError, ValueError) as error:
        raise RuntimeError(f"{error!r:>{b}}") from error
    finally:
        print(total, end="", sep=a)
    while a:
        a -= 1
        assert a, "message"
    return inner(**{k: v for k, v in b}), (yield from a)


later = outer(*NUMBERS)

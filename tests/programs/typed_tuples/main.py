import typing
from collections import namedtuple
from typing import NamedTuple


class Point(NamedTuple):
    x: int
    y: int = 0

    def length(self):
        return self.scaled(2).x

    def scaled(self, by):
        return Point(self.x * by, self.y * by)

    @property
    def first(self):
        return origin(self)


def origin(point):
    return point.x


class Old(namedtuple("Old", "a b")):
    def total(self):
        return self.a + self.b


class Span(typing.NamedTuple):
    start: Point

    def begin(self):
        return self.start.length()


def main():
    point = Point(1)
    return point.length(), point.first, Old(1, 2).total(), Span(point).begin()


main()

import enum
from enum import Enum, auto


def double(value):
    return value * 2


class Shape(Enum):
    ROUND = 1
    SQUARE = 2

    def area(self):
        return double(self.value)

    @classmethod
    def parse(cls, text):
        return cls[text].check()

    def check(self):
        return self

    @property
    def pretty(self):
        return self.name.lower()


class Flag(enum.IntFlag):
    A = auto()

    def on(self):
        return True


class Planet(Enum):
    EARTH = (1, 2)

    def __init__(self, mass, radius):
        self.mass = mass

    def weight(self):
        return self.mass


def main():
    for shape in Shape:
        shape.area()
    Shape.parse("ROUND")
    Shape.SQUARE.pretty
    Flag.A.on()
    Planet.EARTH.weight()


main()

from typing import Protocol


class Shape(Protocol):
    def area(self) -> float: ...

    def describe(self) -> str:
        return "shape " + str(self.area())


class Square:
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side**2

    def describe(self):
        return "square"


class Disc(Shape):
    def area(self):
        return 3.0


def total(shapes: list[Shape]) -> float:
    return sum(measure(shape) for shape in shapes)


def measure(shape: Shape) -> float:
    shape.describe()
    return shape.area()


total([Square(2), Disc()])

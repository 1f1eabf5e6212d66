from functools import cached_property, lru_cache


class Circle:
    def __init__(self, radius):
        self.radius = radius

    @cached_property
    def area(self):
        return square(self.radius)

    @property
    def double(self):
        return self.area * 2


@lru_cache(maxsize=None)
def square(x):
    return multiply(x, x)


def multiply(a, b):
    return a * b


def use():
    circle = Circle(3)
    return circle.double + circle.area


use()

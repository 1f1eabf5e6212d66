import plugins
from shapes import Shape, double, make


def known():
    shape: Shape = make(3)
    return shape.area()


def wrapped():
    return double(4)


def outside():
    return plugins.load().area()


def built():
    return Shape(5)

class Shape:
    def __init__(self, size):
        self.size = size

    def area(self):
        return 0


class Square(Shape):
    def area(self):
        return self.size * self.size


def make(size):
    return Square(size)


def traced(function):
    def wrapper(*arguments):
        return function(*arguments)

    return wrapper


@traced
def double(size):
    return make(2 * size)

class Money:
    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        return Money(self.value + amount(other))

    def __radd__(self, other):
        return self + other

    def __iadd__(self, other):
        self.value += amount(other)
        return self

    def __neg__(self):
        return Money(-self.value)

    def __lt__(self, other):
        return self.value < other.value

    def __bool__(self):
        return self.value != 0

    def __call__(self, by):
        return Money(self.value * by)


def amount(value):
    return value.value if isinstance(value, Money) else value


def main():
    a = Money(1) + Money(2)
    b = 3 + a
    b += a
    c = -b
    if not c:
        pass
    sorted([a, b])
    return c(2)


main()

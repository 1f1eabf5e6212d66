import functools


def logged(prefix):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            note(prefix)
            return function(*args, **kwargs)

        return wrapper

    return decorate


def cached(function):
    values = {}

    @functools.wraps(function)
    def inner(*args):
        if args not in values:
            values[args] = function(*args)
        return values[args]

    return inner


def note(text):
    return text


@logged("add")
@cached
def add(a, b):
    return total([a, b])


def total(values):
    return sum(values)


class Service:
    @logged("run")
    def run(self):
        return self.step()

    def step(self):
        return 1


def main():
    add(1, 2)
    Service().run()


main()

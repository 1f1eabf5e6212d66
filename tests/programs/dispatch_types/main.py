import functools


@functools.singledispatch
def show(value):
    return other(value)


@show.register(int)
def show_int(value):
    return number(value)


@show.register
def _(value: str):
    return quoted(value)


def show_list(value):
    return [show(item) for item in value]


show.register(list, show_list)


def other(value):
    return "?"


def number(value):
    return str(value)


def quoted(value):
    return repr(value)


def main():
    show(1.5)
    show([1, "a"])


main()

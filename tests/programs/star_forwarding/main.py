def outer(function, *args, **kwargs):
    return middle(function, *args, **kwargs)


def middle(function, *args, **kwargs):
    return function(*args, **kwargs)


def target(callback, *, other):
    callback()
    return other()


def first():
    pass


def second():
    pass


def unpack():
    pair = (first, second)
    return spread(*pair)


def spread(a, b):
    a()
    b()


def named(**handlers):
    handlers["go"]()


outer(target, first, other=second)
unpack()
named(go=first)

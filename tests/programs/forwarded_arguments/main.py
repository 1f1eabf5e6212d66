def call(function, *args, **kwargs):
    return function(*args, **kwargs)


def run(first, second=None, *, then=None):
    first()
    if second:
        second()
    return then()


def a():
    return 1


def b():
    return 2


def c():
    return 3


def main():
    call(run, a, b, then=c)
    options = {"then": c}
    run(a, **options)
    run(*[b], **options)


main()

def deleted(c):  # c: c
    x = 1  # a: x
    del x  # x <- a
    use(x)  # x <- unbound
    x = 2  # b: x
    if c:  # c <- c
        del x  # x <- b
    use(x)  # x <- b, unbound


def deleted_parts(o):  # o: o
    x, y = 1, 2  # x: x; y: y
    del (x, [y]), o.a, o[x]  # x#1 <- x; y <- y; o <- o; x#2 <- unbound


def deleted_in_try():
    x = 1  # a: x
    try:
        del x  # x <- a
        use()
    except use:
        use(x)  # x <- a, unbound


def never_bound():
    use(x)  # x <- unbound
    del x  # x <- unbound


def too_late():
    use(x)  # x <- unbound
    x = 1


def after_return():
    return
    x = 1
    use(x)  # x <- unreachable

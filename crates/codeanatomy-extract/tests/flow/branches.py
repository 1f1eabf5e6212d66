def branches(c):  # c: c
    x = 1  # a: x
    if c:  # c <- c
        x = 2  # b: x
    use(x)  # x <- a, b
    if c:  # c <- c
        x = 3  # d: x
    elif use(x):  # x <- a, b
        pass
    else:
        x = 4  # e: x
    use(x)  # x <- a, b, d, e


def one_branch(c):  # c: c
    if c:  # c <- c
        y = 1  # a: y
        use(y)  # y <- a
    use(y)  # y <- a, unbound


def exits(c):  # c: c
    if c:  # c <- c
        z = 1  # a: z
    else:
        return
    use(z)  # z <- a


def raises(c):  # c: c
    z = 1  # a: z
    if c:  # c <- c
        z = 2
        raise use
    use(z)  # z <- a


def literal_conditions():
    if True:
        x = 1  # a: x
    else:
        x = 2
    use(x)  # x <- a
    if not 0:
        y = 1  # b: y
    use(y)  # y <- b
    if None:
        use(y)  # y <- unreachable


def overwritten():
    x = 1
    x = 2  # b: x
    x, y = x, 3  # d: x; e: y; x#2 <- b
    use(x, y)  # x <- d; y <- e


def augmented():
    x = 1  # a: x
    x += x  # b: x; x <- a
    use(x)  # x <- b


def annotated(c):  # c: c
    x: use
    y: use = 1  # a: y
    use(x)  # x <- unbound
    use(y)  # y <- a


def asserted(c):  # c: c
    x = 1  # a: x
    assert c, x  # c <- c; x <- a
    assert False, x  # x <- a
    use(x)  # x <- unreachable


def nested(c):  # c: c
    x = 1  # a: x
    if c:  # c <- c
        if c:  # c <- c
            x = 2  # b: x
        else:
            if c:  # c <- c
                x = 3  # d: x
            use(x)  # x <- a, d
    use(x)  # x <- a, b, d

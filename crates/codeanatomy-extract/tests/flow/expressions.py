def short_circuits(c):  # c: c
    if c and (x := use()):  # a: x; c <- c
        use(x)  # x <- a
    else:
        use(x)  # x <- a, unbound
    if not (c or (y := use())):  # b: y; c <- c
        use(y)  # y <- b
    use(y)  # y <- b, unbound


def values(c):  # c: c
    z = c and (x := 1)  # a: x; z: z; c <- c
    use(x, z)  # x <- a, unbound; z <- z
    z = (y := 1) if c else (y := 2)  # b: y; d: y#2; c <- c
    use(y)  # y <- b, d


def chains(c):  # c: c
    use(1 < c < (x := 2))  # a: x; c <- c
    use(x)  # x <- a, unbound
    use((y := 1) < c)  # b: y; c <- c
    use(y)  # y <- b


def conditional_conditions(c):  # c: c
    if (x := 1) if c else (x := 2):  # a: x; b: x#2; c <- c
        use(x)  # x <- a, b
    while (y := use()) and y:  # d: y; y#2 <- d
        use(y)  # y <- d
    use(y)  # y <- d


def order():
    x = 1  # a: x
    use(x, (x := 2), x)  # b: x#2; x#1 <- a; x#3 <- b
    x = [x, x := 3]  # d: x; x#2 <- b
    o = use  # o: o
    o[x].a = x  # x <- d; o <- o


def asserted():
    assert (x := use()), x  # a: x; x#2 <- a
    use(x)  # x <- a


def formatted(w):  # w: w
    x = 1  # a: x
    use(f"{x!r:>{w}} {(y := x)}")  # b: y; x <- a; w <- w
    use(y)  # y <- b

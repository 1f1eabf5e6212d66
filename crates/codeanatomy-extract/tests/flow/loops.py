def loops(n):  # n: n
    x = 1  # a: x
    for i in n:  # i: i; n <- n
        use(x, i)  # x <- a, b; i <- i
        x = 2  # b: x
    use(x, i)  # x <- a, b; i <- i, unbound


def with_else(n):  # n: n
    for i in n:  # n <- n
        if use:
            x = 1  # a: x
            break
        y = 2  # c: y
    else:
        x = 3  # b: x
        use(y)  # y <- c, unbound
    use(x)  # x <- a, b


def continues(n):  # n: n
    x = 0  # a: x
    while n:  # n <- n
        use(x)  # x <- a, b, c
        if use:
            x = 1  # b: x
            continue
            use(x)  # x <- unreachable
        x = 2  # c: x
    use(x)  # x <- a, b, c


def forever():
    while True:
        x = use()  # a: x
        if x:  # x <- a
            break
        x = 2
    use(x)  # x <- a
    while 1:
        x = 3  # b: x
        use(x)  # x <- b
    use(x)  # x <- unreachable


def not_once():
    while 0:
        use()
        x = 1
    else:
        x = 2  # b: x
    use(x)  # x <- b


def nested(n):  # n: n
    x = 0  # a: x
    for i in n:  # i: i; n <- n
        for j in i:  # j: j; i <- i
            use(x)  # x <- a, b, c
            if j:  # j <- j
                x = 1  # b: x
                break
        else:
            x = 2  # c: x
            continue
        use(x)  # x <- b
    use(x)  # x <- a, b, c


def breaks_see_what_was_bound_then(n):  # n: n
    x = 0  # a: x
    y = 0  # b: y
    while n:  # n <- n
        if use:
            break
        x = 1  # c: x
        if use:
            break
        y = 1  # d: y
    use(x, y)  # x <- a, c; y <- b, d


def killed_before_the_end(n):  # n: n
    x = 0  # a: x
    while True:
        use(x)  # x <- a, b
        x = 1
        if n:  # n <- n
            x = 2  # c: x
            break
        x = 3  # b: x
    use(x)  # x <- c


def targets(n):  # n: n
    o = use()  # o: o
    for o.a, (x, *y) in n:  # x: x; y: y; o <- o; n <- n
        use(x, y)  # x <- x; y <- y
    for x in x:  # z: x; x#2 <- x, unbound
        pass
    use(x)  # x <- x, z, unbound

def may_swallow(f):  # f: f
    with use(f) as h:  # h: h; f <- f
        x = h.read()  # a: x; h <- h
    use(x, h)  # x <- a, unbound?; h <- h


def several(f):  # f: f
    x = 0  # a: x
    with use(f) as g, use(g) as h:  # g: g; h: h; f <- f; g <- g
        x = 1  # b: x
        use(h)  # h <- h
    use(x)  # x <- a?, b


def returns():
    x = 0  # a: x
    with use:
        x = 1  # b: x
        use()
        return
    use(x)  # x <- b?


def leaves(n):  # n: n
    while n:  # n <- n
        with use:
            x = use()  # a: x
            break
    use(x)  # x <- a, unbound


def raises_out():
    x = 0  # a: x
    try:
        with use:
            x = 1  # b: x
    except use:
        use(x)  # x <- a, b


async def asynchronous(f):  # f: f
    async with use(f) as (x, y):  # x: x; y: y; f <- f
        await use(x)  # x <- x
    async for y in f:  # z: y; f <- f
        use(y)  # y <- z
    use(y)  # y <- y, z, unbound?

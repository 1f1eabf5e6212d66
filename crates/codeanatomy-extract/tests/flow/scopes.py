g = 1  # g1: g


def captured():
    x = 1

    def inner():  # inner: inner
        return x

    x = 2  # b: x
    use(lambda: x, inner)  # inner <- inner
    return x  # x <- b


def shared(n):  # n: n
    global g
    use(g)  # g <- outside
    g = n  # g2: g; n <- n
    use(g)  # g <- g2


def not_bound_here():
    return g


def counter():
    x = 0  # a: x

    def step(n=x):  # step: step; n: n; x <- a
        nonlocal x
        x += n  # b: x; x <- outside; n <- n
        return x  # x <- b

    use(step)  # step <- step
    return x  # x <- a


use(g)  # g <- g1


class C(use[g]):  # C: C; g <- g1
    y = g  # y: y; g <- outside
    g = y  # g3: g; y <- y
    use(g, y)  # g <- g3; y <- y
    z = [y for _ in y]  # y#2 <- y

    def m(self, d=y):  # m: m; self: self; d: d; y <- y
        return self, d, y  # self <- self; d <- d

    for k in use:  # k: k
        k  # k <- k
    use(k)  # k <- k, outside
    use(m)  # m <- m


use(g, C)  # g <- g1; C <- C


def decorated(c):  # c: c
    @c  # c <- c
    def f(x: c = c) -> c:  # f: f; x: x; c <- c
        return f, x  # x <- x

    return f  # f <- f


def class_inside(c):  # c: c
    class D:
        nonlocal c
        c = 2  # d: c

        def c2(self):
            pass

    return c  # c <- d


use(lambda p, *q, k=g: (p, q, k, (w := p), w))  # p: p; q: q; k: k; w: w; p <- p; q <- q; k <- k; w <- w; g <- g1

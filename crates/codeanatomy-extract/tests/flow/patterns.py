def patterns(v):  # v: v
    x = 0  # a: x
    match v:  # v <- v
        case 1:
            x = 1  # b: x
        case [x, *rest]:  # c: x; rest: rest
            use(x, rest)  # x <- c; rest <- rest
        case {"k": x, **others} if x:  # d: x; others: others; x#2 <- d
            use(others)  # others <- others
        case use(y, z=z) | use(z, y=y):  # y1: y; y2: y#3; z1: z#2; z2: z#3
            use(y, z)  # y <- y1, y2; z <- z1, z2
        case (1 | 2) as x:  # e: x
            use(x)  # x <- e
            return
    use(x, y)  # x <- a, b, c, d; y <- y1, y2, unbound


def guards(v):  # v: v
    match v:  # v <- v
        case w if w > 1:  # a: w; w#2 <- a
            pass
        case _ if use(w):  # w <- a
            pass
        case w:  # b: w
            return w  # w <- b
    use(w)  # w <- a


def nothing_behind_a_wildcard(v):  # v: v
    match v:  # v <- v
        case 1:
            return
        case _:
            raise use
    use(v)  # v <- unreachable

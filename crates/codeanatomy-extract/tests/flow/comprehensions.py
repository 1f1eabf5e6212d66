def scopes(n):  # n: n
    x = 1  # a: x
    use([x for x in x])  # b: x#2; x#1 <- b; x#3 <- a
    use(x)  # x <- a
    use({i: j for i in n for j in i if x if j})  # i: i#2; j: j#2; i <- i; j <- j; n <- n; x <- a


def runs_where_it_stands():
    x = 1  # a: x
    y = [x for _ in use]  # y: y; x <- a
    x = 2  # b: x
    use({x for _ in y})  # x <- b; y <- y


def walrus(n):  # n: n
    use([y := i for i in n])  # y: y; i: i#2; i#1 <- i; n <- n
    use(y)  # y <- y, unbound


def generators(n):  # n: n
    x = 1  # a: x
    use(any((y := i) > x for i in n))  # y: y; i: i#2; i#1 <- i; n <- n; x <- a~
    use(y)  # y <- y~, unbound


def in_a_loop(n):  # n: n
    for i in n:  # i: i; n <- n
        use([x for x in i if use(i)])  # x: x#2; x#1 <- x; i <- i


def condition(n):  # n: n
    use([y for i in n if (y := i)])  # y: y#2; i: i; i#2 <- i; y#1 <- y; n <- n


def nested(n):  # n: n
    use([[j for j in i] for i in n])  # j: j#2; i: i#2; i#1 <- i; j#1 <- j; n <- n


def unbound():
    use([x for y in use for x in x])  # x: x#2; x#1 <- x; x#3 <- unbound, x


m = 1  # m: m
use([m for _ in use])  # m <- m

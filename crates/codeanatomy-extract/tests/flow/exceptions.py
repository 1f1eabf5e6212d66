def handler():
    x = 0  # a: x
    try:
        x = use()  # b: x
    except use:
        use(x)  # x <- a
        return
    use(x)  # x <- b


def what_was_bound_before_it_raised():
    x = 0  # a: x
    try:
        x = 1  # b: x
        x = use()  # c: x
        use()
    except use as e:  # e: e
        use(x, e)  # x <- b, c; e <- e
    use(x, e)  # x <- b, c; e <- unbound


def the_last_binding_does_not_reach_the_handler():
    try:
        x = use()  # b: x
    except use:
        use(x)  # x <- unbound
    else:
        use(x)  # x <- b
    use(x)  # x <- b, unbound


def literals_raise_nothing():
    try:
        x = -1  # a: x
        y = [], {}, (1, "")  # b: y
        use()
    except use:
        use(x, y)  # x <- a; y <- b


def handlers():
    try:
        use()
    except use:
        x = 1  # a: x
    except (use, use):
        x = 2  # b: x
    except:
        x = 3  # c: x
    else:
        x = 4  # d: x
    use(x)  # x <- a, b, c, d


def unbound_name():
    e = 1  # a: e
    try:
        use(e)  # e <- a
    except use as e:  # b: e
        use(e)  # e <- b
        return e  # e <- b
    except use:
        pass
    use(e)  # e <- a


def unbound_by_break(n):  # n: n
    e = 1  # a: e
    while n:  # n <- n
        try:
            use()
        except use as e:
            break
    use(e)  # e <- a, unbound


def unbound_by_raise():
    e = 1  # a: e
    try:
        try:
            use()
        except use as e:  # b: e
            use(e)  # e <- b
            raise
    except use:
        use(e)  # e <- a, unbound


def finally_runs_on_every_exit(n):  # n: n
    x = 0  # a: x
    while n:  # n <- n
        try:
            x = 1  # b: x
            if use:
                x = 2  # c: x
                break
            if use:
                x = 3  # d: x
                continue
            if use:
                x = 4  # e: x
                return
            x = 5  # f: x
        finally:
            use(x)  # x <- b, c, d, e, f
        use(x)  # x <- f
    use(x)  # x <- a, c, d, f


def finally_does_not_mix_its_ways():
    try:
        x = use()  # a: x
    finally:
        use(x)  # x <- a, unbound
    use(x)  # x <- a


def finally_binds(n):  # n: n
    x = 0  # a: x
    try:
        try:
            use(x)  # x <- a
            x = 1  # b: x
            use()
        finally:
            x = 2  # c: x
    except use:
        use(x)  # x <- c
    use(x)  # x <- c


def finally_returns():
    x = 0  # a: x
    try:
        x = 1  # b: x
        return use(x)  # x <- b
    finally:
        return use(x)  # x <- b
    use(x)  # x <- unreachable


def handler_and_finally():
    try:
        x = use()  # a: x
    except use:
        x = 1  # b: x
    finally:
        use(x)  # x <- a, b, unbound
    use(x)  # x <- a, b


def what_is_not_caught_leaves():
    x = 0  # a: x
    try:
        x = 1  # b: x
        try:
            x = 2  # c: x
            use()
            x = 3  # d: x
            use()
        except use:
            x = 4  # e: x
    except use:
        use(x)  # x <- c, d


def what_is_caught_inside(n):  # n: n
    x = 0
    try:
        try:
            x = use()  # b: x
        except:
            x = 2  # c: x
        use(x)  # x <- b, c
    finally:
        pass


def groups():
    x = 0  # a: x
    try:
        use()
    except* use:
        x = 1  # b: x
    except* use as e:  # e: e
        use(x, e)  # x <- a, b; e <- e
        x = 2  # c: x
    use(x)  # x <- a, b, c


def loop_in_try(n):  # n: n
    x = 0  # a: x
    try:
        for i in n:  # i: i; n <- n
            x = i  # b: x; i <- i
    except use:
        use(x)  # x <- a, b


def try_in_loop(n):  # n: n
    while n:  # n <- n
        try:
            x = use()  # a: x
        except use:
            continue
        use(x)  # x <- a
    use(x)  # x <- a, unbound


# The ways through a `finally` inside of two others are not kept apart.
def nested_finally():
    x = 0  # a: x
    try:
        use()
    finally:
        try:
            x = 1  # b: x
        finally:
            try:
                use(x)  # x <- b
                x = 2  # c: x
            finally:
                use(x)  # x <- b, c
    use(x)  # x <- b, c

import second


def begin(n):
    return second.go_on(n)


def again(n):
    return n and begin(n - 1)

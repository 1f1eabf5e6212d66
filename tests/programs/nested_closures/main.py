
def outer(f):
    def mid(g):
        def inner(x):
            return f(g(x))
        return inner
    return mid
def a(x): return x
def b(x): return x
outer(a)(b)(1)
def counter():
    n = 0
    def step():
        nonlocal n
        n = bump(n)
        return n
    def reset():
        nonlocal n
        n = 0
    return step, reset
def bump(n): return n + 1
s, r = counter()
s(); r()


import functools
def log(): pass
def deco(f):
    @functools.wraps(f)
    def inner(*a, **k):
        log()
        return f(*a, **k)
    return inner
def param(n):
    def outer(f):
        @functools.wraps(f)
        def inner(*a):
            return f(*a)
        return inner
    return outer
@deco
def one(): return two(1)
@param(3)
def two(x): return x
one()
class K:
    @deco
    def m(self): return self.n()
    @param(2)
    def n(self): return 1
K().m()


from functools import partial, reduce, lru_cache, singledispatch
import operator
def add(a, b): return a + b
inc = partial(add, 1)
inc(2)
reduce(add, [1, 2, 3])
@lru_cache(maxsize=None)
def memo(n): return step(n)
def step(n): return n
memo(1)
@singledispatch
def show(x): return 'o'
@show.register
def _(x: int): return num(x)
def num(x): return 'i'
show(1); show('a')
max([3, 1], key=lambda v: step(v))
sorted([1], key=step)
list(filter(step, [1]))

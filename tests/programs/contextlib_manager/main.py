
from contextlib import contextmanager, ExitStack
def opened(): pass
def closed(): pass
@contextmanager
def res():
    opened()
    try:
        yield Thing()
    finally:
        closed()
class Thing:
    def use(self): pass
class CM:
    def __enter__(self): return Thing()
    def __exit__(self, *a): self.bye()
    def bye(self): pass
with res() as r: r.use()
with CM() as c: c.use()
with ExitStack() as st:
    x = st.enter_context(CM())

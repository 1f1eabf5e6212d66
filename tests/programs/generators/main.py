
def src():
    yield T()
def chain():
    yield from src()
class T:
    def t(self): pass
for x in chain(): x.t()
g = (y for y in src())
next(g).t()
def co():
    got = yield
    got.t()
k = co(); next(k)
try: k.send(T())
except StopIteration: pass
first, *rest = [T(), T()]
first.t(); rest[0].t()

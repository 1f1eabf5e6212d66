
def add(a): return a
def sub(a): return a
class H:
    def __init__(self):
        self.table = {'a': self.on_a, 'b': self.on_b}
    def on_a(self): return add(1)
    def on_b(self): return sub(1)
    def fire(self, k): return self.table[k]()
OPS = {'+': add, '-': sub}
def calc(op): return OPS[op](1)
def by_name(o, n): return getattr(o, 'on_' + n)()
h = H()
h.fire('a'); h.fire('b')
calc('+'); calc('-')
by_name(h, 'a')

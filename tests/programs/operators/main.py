
class V:
    def __init__(self, n): self.n = n
    def __add__(self, o): return V(self.n + o.n)
    def __radd__(self, o): return self
    def __eq__(self, o): return self.key() == o.key()
    def __hash__(self): return hash(self.key())
    def __lt__(self, o): return self.n < o.n
    def __getitem__(self, i): return self
    def __setitem__(self, i, v): pass
    def __contains__(self, x): return True
    def __iter__(self): return iter([self])
    def __len__(self): return 1
    def __bool__(self): return True
    def __neg__(self): return self
    def __iadd__(self, o): return self
    def __enter__(self): return self
    def __exit__(self, *a): pass
    def __repr__(self): return 'V'
    def __str__(self): return 'v'
    def key(self): return self.n
a, b = V(1), V(2)
c = a + b
0 + a
a == b
a[0]; a[0] = b
b in a
for i in a: i.key()
-a
a += b
sorted([a, b])
len(a); bool(a); repr(a); str(a); hash(a)
if a: pass
{a: 1}
f"{a}"
sum([a], b)
with a as q: q.key()

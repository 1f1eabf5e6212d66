from other import f as g
def h(x): return x
class C: pass
h(C())
g(2).done()
unknown()
k = h
k(h(3))

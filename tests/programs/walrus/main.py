
class N:
    def go(self): return self
def make(): return N()
if (n := make()) and (m := n.go()):
    m.go()
vals = [y.go() for x in [N()] if (y := x.go())]
while (k := make()) is None: pass
k.go()

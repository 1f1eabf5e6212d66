
class Q:
    def __init__(self): self.p = []
    def where(self, f):
        self.p.append(f)
        return self
    def limit(self, n): return self._with(n)
    def _with(self, n): return self
    def all(self): return [f(1) for f in self.p]
def pred(x): return x
Q().where(pred).limit(3).where(lambda x: pred(x)).all()

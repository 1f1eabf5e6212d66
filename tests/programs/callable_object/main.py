
class Adder:
    def __init__(self, n): self.n = n
    def __call__(self, x): return self.add(x)
    def add(self, x): return x + self.n
def apply(f, x): return f(x)
apply(Adder(1), 2)
plus = Adder(3)
list(map(plus, [1]))

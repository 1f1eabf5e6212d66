
from dataclasses import dataclass, field
def fresh(): return [Leaf(1)]
@dataclass
class Leaf:
    n: int
    def value(self): return self.n
@dataclass
class Tree:
    leaf: Leaf
    kids: list = field(default_factory=fresh)
    def __post_init__(self): self.check()
    def check(self): return self.leaf.value()
    def total(self): return sum(k.value() for k in self.kids) + self.leaf.value()
Tree(Leaf(2)).total()


from typing import Protocol
class Shape(Protocol):
    def area(self) -> int: ...
class Sq:
    def area(self) -> int: return 4
class Ci:
    def area(self) -> int: return self.pi()
    def pi(self): return 3
def total(shapes: list[Shape]) -> int:
    return sum(s.area() for s in shapes)
def one(s: Shape): return s.area()
total([Sq(), Ci()])
one(Sq())


from enum import Enum
from typing import NamedTuple
from collections import namedtuple
class Color(Enum):
    RED = 1
    BLUE = 2
    def label(self): return self.name.lower()
    @classmethod
    def pick(cls): return cls.RED
class Pt(NamedTuple):
    x: int
    def twice(self): return Pt(self.x * 2)
class Q(namedtuple('Q', 'a b')):
    def s(self): return self.a
Color.pick().label()
Color.RED.label()
for c in Color: c.label()
Pt(1).twice().twice()
Q(1, 2).s()

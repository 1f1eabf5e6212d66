
from abc import ABC, abstractmethod
class T(ABC):
    def run(self):
        self.pre()
        return self.step()
    def pre(self): pass
    @abstractmethod
    def step(self): ...
class I(T):
    def step(self): return self.x
    @property
    def x(self): return calc()
def calc(): return 1
def drive(t: T): return t.run()
drive(I())

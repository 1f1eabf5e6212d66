
class Temp:
    def __init__(self, c): self.c = c
    @property
    def c(self): return self._read()
    @c.setter
    def c(self, v): self._write(v)
    @c.deleter
    def c(self): self._drop()
    def _read(self): return self._c
    def _write(self, v): self._c = v
    def _drop(self): del self._c
t = Temp(1)
t.c = t.c + 1
t.c += 1
del t.c

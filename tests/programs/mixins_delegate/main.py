
class Log:
    def log(self): return self.fmt()
    def fmt(self): return ''
class Svc(Log):
    def fmt(self): return 's'
class Proxy:
    def __init__(self, o): self._o = o
    def __getattr__(self, n): return getattr(self._o, n)
Svc().log()
Proxy(Svc()).log()

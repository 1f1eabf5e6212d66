
class Bus:
    def __init__(self): self.subs = []
    def on(self, f):
        self.subs.append(f)
        return f
    def emit(self, v):
        for f in self.subs: f(v)
bus = Bus()
@bus.on
def one(v): return two(v)
def two(v): pass
class L:
    def __init__(self, b): b.on(self.hear)
    def hear(self, v): pass
L(bus)
bus.emit(1)


class Meta(type):
    registry = []
    def __new__(m, name, bases, ns):
        cls = super().__new__(m, name, bases, ns)
        m.note(cls)
        return cls
    @classmethod
    def note(m, cls): m.registry.append(cls)
    def __call__(cls, *a):
        obj = super().__call__(*a)
        cls.after(obj)
        return obj
    def build(cls): return cls(1)
class Thing(metaclass=Meta):
    def __init__(self, n): self.n = n
    @classmethod
    def after(cls, obj): obj.hello()
    def hello(self): pass
Thing(1)
Thing.build().hello()

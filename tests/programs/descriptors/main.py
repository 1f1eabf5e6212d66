
class Typed:
    def __set_name__(self, owner, name): self.name = name
    def __get__(self, obj, t=None): return self.fetch(obj)
    def __set__(self, obj, v): self.put(obj, v)
    def fetch(self, obj): return obj.__dict__.get(self.name)
    def put(self, obj, v): obj.__dict__[self.name] = v
class P:
    x = Typed()
p = P()
p.x = 3
p.x

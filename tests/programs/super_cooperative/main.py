
class Root:
    def __init__(self, **k): self.end()
    def end(self): pass
class A(Root):
    def __init__(self, **k):
        super().__init__(**k)
        self.a()
    def a(self): pass
class B(Root):
    def __init__(self, **k):
        super().__init__(**k)
        self.b()
    def b(self): pass
class C(A, B):
    def __init__(self):
        super().__init__(x=1)
    def a(self):
        super().a()
C()

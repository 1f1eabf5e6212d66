
class Outer:
    class Inner:
        def hi(self): return Outer.Inner.deep()
        @staticmethod
        def deep(): return helper()
    def make(self): return self.Inner()
def helper():
    class Local:
        def f(self): return 1
    return Local().f()
Outer().make().hi()
Outer.Inner().hi()

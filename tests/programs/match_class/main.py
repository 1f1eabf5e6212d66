
class Circle:
    __match_args__ = ('r',)
    def __init__(self, r): self.r = r
    def area(self): return self.r
class Square:
    def __init__(self, s): self.s = s
    def side(self): return self.s
def show(shape):
    match shape:
        case Circle(r=1): return shape.area()
        case Circle() as c: return c.area()
        case Square(s=s) as q: return q.side()
        case [first, *rest]: return show(first)
        case {"k": v}: return show(v)
show(Circle(2)); show(Square(1)); show([Circle(1)]); show({"k": Square(4)})

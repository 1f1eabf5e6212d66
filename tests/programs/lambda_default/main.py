
def call(f=lambda: target()): return f()
def target(): return other
def other(): return 1
call()
call(lambda: other())
def use(i): return i
fs = [lambda i=i: use(i) for i in range(2)]
fs[0]()
(lambda g: g(1))(use)


def spread(*fs, **kw):
    for f in fs: f()
    for f in kw.values(): f()
    kw['z']()
def a(): pass
def b(): pass
def c(): pass
spread(a, b, z=c)
args = (a,)
spread(*args, **{'z': b})
def fwd(f, *a, **k): return f(*a, **k)
def tgt(x, y=None): return x()
fwd(tgt, a, y=1)

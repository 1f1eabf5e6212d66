
hook = None
def set_hook(f):
    global hook
    hook = f
def fire():
    if hook: hook()
def mine(): pass
set_hook(mine)
fire()
class S:
    inst = None
    @classmethod
    def get(cls):
        if cls.inst is None: cls.inst = cls()
        return cls.inst
    def ping(self): pass
S.get().ping()

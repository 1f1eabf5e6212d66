from .one import *
class B:
    def m(self): return notme()

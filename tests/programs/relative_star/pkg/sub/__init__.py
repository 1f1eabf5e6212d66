from ..two import *
from .. import one as o
def deep():
    o.a()
    return B().m()

from . import more
from .more import *
__all__ = ['alpha', '_beta', 'extra'] + more.__all__
def alpha(): ...
_beta = 2
gamma = 3

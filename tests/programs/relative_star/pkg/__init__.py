from .one import *
from .two import B
__all__ = ['a', 'B']

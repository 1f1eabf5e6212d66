from .core import Engine, helper
from . import parts
from .parts import *

__all__ = ["Engine", "helper"]
__all__ += parts.__all__

from .brakes import brake
from . import wheels

__all__ = ["brake", "wheels"]

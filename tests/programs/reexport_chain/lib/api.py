from .core import Client, helper
from . import core

from .core import Engine, run as start
from . import util
from .listed import *
from .gone import nothing
VERSION = '1'

import helper, tool
from lib.space.inner import mod
from lib.space.inner.mod import found
from lib.space import inner, other
import shared.part
import typing as t
from concurrent import futures
try:
    import tomllib
except ImportError:
    import tomli as tomllib
if t.TYPE_CHECKING:
    import numpy
import sys

if __name__ == '__main__':
    pass

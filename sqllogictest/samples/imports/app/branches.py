import sys
def first(): ...
try:
    from fast import first, second
except ImportError:
    def second(): ...
if sys.version_info >= (3, 12):
    from .util import helper as third
else:
    def third(): ...
from outside import *
fourth = 1
del fourth
def run(): ...
if __name__ == '__main__':
    fifth = run()

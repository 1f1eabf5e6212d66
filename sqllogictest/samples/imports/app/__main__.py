from app import *
from app import start as go, delta, util, __file__, __path__

from names import *


def use():
    alpha()
    beta()
    return _gamma()


use()

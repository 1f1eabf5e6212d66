from toolkit import *
from toolkit import Engine as Motor
import toolkit.parts.wheels as w


def use():
    Motor().start()
    w.roll()
    brake()
    return helper()


use()

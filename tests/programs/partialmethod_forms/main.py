from functools import partial, partialmethod


class Light:
    def set(self, state, delay=0):
        return apply(state, delay)

    on = partialmethod(set, True)
    off = partialmethod(set, False, delay=1)


def apply(state, delay):
    return state


def power(base, exponent):
    return base**exponent


square = partial(power, exponent=2)
nested = partial(square)


def use():
    light = Light()
    light.on()
    light.off()
    return nested(3)


use()

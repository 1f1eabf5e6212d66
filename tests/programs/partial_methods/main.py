from functools import partial, partialmethod


class Lamp:
    def set(self, state):
        return self.changed(state)

    def changed(self, state):
        return state

    on = partialmethod(set, True)


def apply(function, value):
    return function(value)


def twice(value):
    return value * 2


def main():
    lamp = Lamp()
    lamp.on()
    switch = partial(lamp.set, False)
    switch()
    double = partial(apply, twice)
    double(2)
    partial(double, 3)()


main()

from dataclasses import dataclass, field
from typing import Callable


def default_format(x):
    return str(x)


def loud_format(x):
    return shout(x)


def shout(x):
    return str(x).upper()


def make_lines():
    return ["first"]


@dataclass
class Printer:
    format: Callable = default_format
    lines: list = field(default_factory=make_lines)

    def __post_init__(self):
        self.setup()

    def setup(self):
        self.ready = True

    def show(self, x):
        return self.format(x)


quiet = Printer(format=default_format)
loud = Printer(loud_format)
quiet.show(1)
loud.show(2)

from functools import reduce
from itertools import chain, starmap
from operator import attrgetter, methodcaller


class Item:
    def __init__(self, weight):
        self.weight = weight

    def grow(self):
        return Item(self.weight + 1)


def add(a, b):
    return a + b


def key(item):
    return item.weight


def is_heavy(item):
    return item.weight > 1


def pair(a, b):
    return (a, b)


def compose(*functions):
    return reduce(lambda f, g: lambda x: g(f(x)), functions)


def increment(x):
    return x + 1


def use():
    items = [Item(2), Item(1)]
    ordered = sorted(items, key=key)
    heavy = list(filter(is_heavy, ordered))
    total = reduce(add, map(key, items))
    pairs = list(starmap(pair, [(1, 2)]))
    grown = [item.grow() for item in chain(items, heavy)]
    best = max(grown, key=lambda item: key(item))
    items.sort(key=attrgetter("weight"))
    return compose(increment, increment)(total), best, pairs, methodcaller("grow")(best)


use()

import functools


class Item:
    def __init__(self, size):
        self.size = size

    def weight(self):
        return self.size

    def __eq__(self, other):
        return self.size == other.size

    def __hash__(self):
        return hash(self.size)


def by_size(item):
    return item.weight()


def compare(a, b):
    return a.size - b.size


def join(a, b):
    return Item(a.size + b.size)


def main():
    items = [Item(2), Item(1)]
    sorted(items, key=by_size)
    items.sort(key=lambda item: item.weight())
    max(items, key=Item.weight)
    list(map(by_size, items))
    list(filter(lambda item: item.weight(), items))
    functools.reduce(join, items)
    sorted(items, key=functools.cmp_to_key(compare))
    return {item for item in items}


main()

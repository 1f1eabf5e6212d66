class Tree:
    def __init__(self, *children):
        self.children = children

    def __iter__(self):
        return Walk(self.children)

    def __len__(self):
        return len(self.children)

    def __getitem__(self, index):
        return self.children[index]

    def __contains__(self, item):
        return item in self.children

    def __reversed__(self):
        return Walk(self.children[::-1])


class Walk:
    def __init__(self, items):
        self.items = list(items)

    def __iter__(self):
        return self

    def __next__(self):
        if not self.items:
            raise StopIteration
        return self.items.pop()


class Leaf:
    def size(self):
        return 1


def main():
    tree = Tree(Leaf(), Leaf())
    total = sum(leaf.size() for leaf in tree)
    first = next(iter(tree))
    first.size()
    tree[0].size()
    for leaf in reversed(tree):
        leaf.size()
    return total, len(tree), first in tree


main()

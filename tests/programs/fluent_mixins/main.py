import abc


class Named(abc.ABC):
    @abc.abstractmethod
    def name(self):
        ...

    def titled(self):
        return self.name().title()


class Chain:
    def add(self, item):
        self.keep(item)
        return self

    def keep(self, item):
        self.items = [item]


class Query(Chain, Named):
    def keep(self, item):
        super().keep(item)

    def name(self):
        return "query"

    def where(self, condition):
        return self.add(condition)


def main():
    return Query().where(1).add(2).titled()


main()

from functools import singledispatchmethod


class Writer:
    @singledispatchmethod
    def write(self, value):
        return self.default(value)

    @write.register
    def _(self, value: int):
        return self.number(value)

    def default(self, value):
        return value

    def number(self, value):
        return value + 1


def main():
    writer = Writer()
    writer.write("a")
    writer.write(1)


main()

from typing import overload


class Box:
    @overload
    def put(self, x: int) -> int: ...
    @overload
    def put(self, x: str) -> str: ...
    def put(self, x):
        return x

    def twice(self, x):
        return self.put(self.put(x))


@overload
def wrap(x: int) -> Box: ...
@overload
def wrap(x: str) -> Box: ...
def wrap(x):
    return Box().put(x)


def use():
    wrap(1).twice(2)


def early():
    pass


def run():
    early()


run()


def early():
    use()

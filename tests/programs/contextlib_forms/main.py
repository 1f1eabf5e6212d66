from contextlib import ExitStack, closing, contextmanager, suppress


@contextmanager
def opened(name):
    handle = acquire(name)
    try:
        yield handle
    finally:
        release(handle)


class Handle:
    def __init__(self, name):
        self.name = name

    def read(self):
        return self.name

    def close(self):
        cleanup()


def acquire(name):
    return Handle(name)


def release(handle):
    handle.close()


def cleanup():
    pass


def fail():
    raise KeyError


def use():
    with opened("a") as handle:
        handle.read()
    with closing(Handle("b")) as other:
        other.read()
    with suppress(KeyError):
        fail()
    with ExitStack() as stack:
        third = stack.enter_context(opened("c"))
        stack.callback(cleanup)
        third.read()


use()

import contextlib
from contextlib import ExitStack, contextmanager


class Connection:
    def query(self):
        return 1

    def close(self):
        pass

    @contextmanager
    def transaction(self):
        self.begin()
        try:
            yield self
        finally:
            self.commit()

    def begin(self):
        pass

    def commit(self):
        pass


@contextlib.contextmanager
def connected():
    connection = Connection()
    try:
        yield connection
    finally:
        connection.close()


class Lock:
    def __enter__(self):
        self.take()
        return self

    def __exit__(self, *error):
        self.free()

    def take(self):
        pass

    def free(self):
        pass


def main():
    with connected() as connection, connection.transaction() as inner:
        inner.query()
    with ExitStack() as stack:
        stack.enter_context(Lock())


main()

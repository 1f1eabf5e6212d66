class Pool:
    def __enter__(self):
        return Client(self)

    def __exit__(self, *error):
        self.drain()
        return False

    def drain(self):
        pass


class Client:
    def __init__(self, pool):
        self.pool = pool

    def send(self):
        return self.encode()

    def encode(self):
        return b""


def open_pool():
    return Pool()


def main():
    with open_pool() as client, Pool():
        client.send()


main()

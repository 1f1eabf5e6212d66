import asyncio
from contextlib import asynccontextmanager


class Session:
    async def __aenter__(self):
        await self.open()
        return self

    async def __aexit__(self, *error):
        await self.close()

    async def open(self):
        pass

    async def close(self):
        pass

    def rows(self):
        return Rows(2)


class Rows:
    def __init__(self, count):
        self.count = count

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.count:
            raise StopAsyncIteration
        self.count -= 1
        return Row()


class Row:
    def value(self):
        return 1


async def numbers():
    yield one
    yield one


def one():
    return 1


@asynccontextmanager
async def scope():
    yield Row()


async def main():
    async with Session() as session:
        async for row in session.rows():
            row.value()
        values = [row.value() async for row in session.rows()]
    async for number in numbers():
        number()
    async with scope() as row:
        row.value()
    return values


asyncio.run(main())

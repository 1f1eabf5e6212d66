import asyncio


class Connection:
    async def __aenter__(self):
        await self.open()
        return self

    async def __aexit__(self, *details):
        await self.close()

    async def open(self):
        pass

    async def close(self):
        pass

    def __aiter__(self):
        self.left = 2
        return self

    async def __anext__(self):
        if not self.left:
            raise StopAsyncIteration
        self.left -= 1
        return decode(self.left)


def decode(n):
    return n


async def rows():
    async with Connection() as connection:
        async for row in connection:
            await show(row)


async def show(row):
    pass


asyncio.run(rows())


import asyncio
async def leaf(): return 1
class A:
    async def __aenter__(self): return self
    async def __aexit__(self, *a): self.done()
    def done(self): pass
    async def work(self): return await leaf()
async def gen():
    for i in range(2):
        yield await leaf()
async def main():
    async with A() as a:
        await a.work()
    async for x in gen(): tick(x)
    await asyncio.gather(leaf(), leaf())
def tick(x): pass
asyncio.run(main())

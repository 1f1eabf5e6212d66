def source(n):
    for i in range(n):
        yield make(i)


def make(i):
    return i


def doubled(items):
    for item in items:
        yield double(item)


def double(x):
    return 2 * x


def averager():
    total = 0
    while True:
        value = yield total
        if value is None:
            return finish(total)
        total += value


def finish(total):
    return total


def delegating(results):
    result = yield from averager()
    results.append(record(result))


def record(x):
    return x


def run():
    results = []
    sink = delegating(results)
    next(sink)
    for value in doubled(source(3)):
        sink.send(value)
    try:
        sink.send(None)
    except StopIteration:
        done()


def done():
    pass


run()

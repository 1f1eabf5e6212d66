class Event:
    def handle(self):
        return 1


def worker():
    while True:
        event = yield
        if event is None:
            return
        event.handle()


def chained():
    result = yield from inner()
    result()


def inner():
    got = yield 1
    got.handle()
    return last


def last():
    return 2


def main():
    running = worker()
    next(running)
    running.send(Event())
    running.close()
    other = chained()
    next(other)
    try:
        other.send(Event())
    except StopIteration:
        pass


main()

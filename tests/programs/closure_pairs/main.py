def counter():
    count = 0

    def up():
        nonlocal count
        count += 1
        return check(count)

    def down():
        nonlocal count
        count -= 1
        return up() if count < 0 else count

    return up, down


def check(value):
    return value


def make(kind):
    handlers = {}

    def register(function):
        handlers[kind] = function
        return function

    def run():
        return handlers[kind]()

    return register, run


up, down = counter()
up()
down()
down()
register, run = make("a")


@register
def job():
    return 1


run()

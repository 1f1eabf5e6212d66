import functools


def retry(times):
    def decorate(function):
        @functools.wraps(function)
        def attempt(*args, **kwargs):
            for _ in range(times):
                result = function(*args, **kwargs)
            return result

        return attempt

    return decorate


def tagged(tag, *, wrap=None):
    def decorate(function):
        if wrap is not None:
            function = wrap(function)
        function.tag = tag
        return function

    return decorate


def loud(function):
    def shout(value):
        return function(value).upper()

    return shout


@retry(2)
def fetch(name):
    return name


@tagged("t", wrap=loud)
def greet(value):
    return "hello " + value


class Service:
    @retry(times=1)
    def call(self, x):
        return self.inner(x)

    @tagged("inner")
    def inner(self, x):
        return x


fetch("a")
greet("b")
Service().call(3)

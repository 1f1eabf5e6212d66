REGISTRY = {}


class Registered(type):
    def __new__(mcs, name, bases, body):
        cls = super().__new__(mcs, name, bases, body)
        note(name, cls)
        return cls


def note(name, cls):
    REGISTRY[name] = cls


class Handler(metaclass=Registered):
    def run(self):
        return "handler"


class Special(Handler):
    def run(self):
        return "special"


def main():
    for cls in list(REGISTRY.values()):
        cls().run()


main()

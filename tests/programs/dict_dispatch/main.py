class Machine:
    def __init__(self):
        self.stack = []
        self.operations = {"push": self.push, "add": self.add}

    def push(self, *values):
        self.stack.extend(values)

    def add(self):
        self.stack.append(combine(self.stack.pop(), self.stack.pop()))

    def unknown(self):
        return complain()

    def run(self, program):
        for name, *arguments in program:
            self.operations.get(name, self.unknown)(*arguments)


def combine(a, b):
    return a + b


def complain():
    return None


Machine().run([("push", 1, 2), ("add",), ("other",)])

HANDLERS = {}


def handler(name):
    def add(function):
        HANDLERS[name] = function
        return function

    return add


@handler("a")
def handle_a():
    return 1


@handler("b")
def handle_b():
    return 2


def handle_all():
    return [function() for function in HANDLERS.values()]


handle_all()

class Machine:
    def __init__(self):
        self.table = {"start": self.start, "stop": self.stop}
        self.steps = [self.start]
        self.hooks = {}

    def start(self):
        return 1

    def stop(self):
        return 2

    def hook(self, name, function):
        self.hooks.setdefault(name, []).append(function)

    def fire(self, name):
        for function in self.hooks.get(name, ()):
            function(self)


def ended(machine):
    return machine.stop()


def main():
    machine = Machine()
    machine.table["start"]()
    for step in machine.steps:
        step()
    machine.hook("end", ended)
    machine.fire("end")


main()

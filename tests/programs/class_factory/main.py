class Base:
    def run(self):
        return self.step()


def make_class(name, parent, step):
    class Made(parent):
        def step(self):
            return step()

        def named(self):
            return name

    Made.__name__ = name
    return Made


def one():
    return 1


def two():
    return 2


One = make_class("One", Base, one)
Two = make_class("Two", Base, two)


def both():
    return [One().run(), Two().run(), One().named()]


both()

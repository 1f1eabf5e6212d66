class Single(type):
    def __init__(cls, name, bases, body):
        super().__init__(name, bases, body)
        cls.only = None

    def __call__(cls, *args):
        if cls.only is None:
            cls.only = super().__call__(*args)
        return cls.only


class Settings(metaclass=Single):
    def __init__(self, path):
        self.path = path

    def read(self):
        return self.path


class Plain:
    def __init__(self):
        self.value = 1


def main():
    Plain()
    return Settings("a").read()


main()

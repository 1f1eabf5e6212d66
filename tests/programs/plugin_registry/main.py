def warm(cls):
    pass


class Plugin:
    registry = {}

    def __init_subclass__(cls, *, name, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.registry[name] = cls
        cls.prepare()

    @classmethod
    def prepare(cls):
        pass

    def run(self):
        raise NotImplementedError


class Upper(Plugin, name="upper"):
    def run(self):
        return self.text().upper()

    def text(self):
        return "a"


class Lower(Plugin, name="lower"):
    @classmethod
    def prepare(cls):
        warm(cls)

    def run(self):
        return "b"


def start(name):
    return Plugin.registry[name]()


start("upper").run()
start("lower").run()

class Root:
    def __init__(self, **kwargs):
        self.setup()

    def setup(self):
        self.log("root")

    def log(self, text):
        pass


class Timed:
    def setup(self):
        super().setup()
        self.clock()

    def clock(self):
        pass


class Named:
    def __init__(self, name, **kwargs):
        super().__init__(**kwargs)
        self.name = name

    def setup(self):
        super().setup()


class Loud:
    def log(self, text):
        super().log(text.upper())


class Job(Named, Timed, Loud, Root):
    def setup(self):
        super().setup()
        self.finish()

    def finish(self):
        pass


Job("a")

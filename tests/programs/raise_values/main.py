class Failure(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = self.normal(code)

    def normal(self, code):
        return abs(code)

    def report(self):
        return self.code


class Worse(Failure):
    def report(self):
        return super().report() + 1


def fail(cls):
    raise cls(-1)


def main():
    for cls in (Failure, Worse):
        try:
            fail(cls)
        except Failure as error:
            error.report()


main()

class Typed:
    def __class_getitem__(cls, item):
        return cls.made(item)

    @classmethod
    def made(cls, item):
        return cls

    def use(self):
        return 1


class Other(Typed):
    pass


def main():
    Typed[int]().use()
    Other[str]().use()


main()

class Root:
    registry = {}

    def __init_subclass__(cls, key=None, **options):
        super().__init_subclass__(**options)
        cls.enter(key)

    @classmethod
    def enter(cls, key):
        Root.registry[key] = cls


class Mixin:
    def __init_subclass__(cls, **options):
        cls.mixed = mix(cls)
        super().__init_subclass__(**options)


def mix(cls):
    return cls.__name__


class First(Mixin, Root, key="first"):
    def run(self):
        return 1


class Second(First, key="second"):
    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)

    def run(self):
        return super().run()


class Third(Second):
    pass


def main():
    for cls in Root.registry.values():
        cls().run()


main()

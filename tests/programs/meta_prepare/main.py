class Space(dict):
    def __setitem__(self, key, value):
        super().__setitem__(key, value)


class Ordered(type):
    @classmethod
    def __prepare__(mcs, name, bases, **options):
        return {}

    def __new__(mcs, name, bases, body, **options):
        return type.__new__(mcs, name, bases, body)

    def __init__(cls, name, bases, body, **options):
        cls.options = normal(options)


def normal(options):
    return sorted(options)


class Model(metaclass=Ordered, table="m"):
    pass


def make(name, bases, body):
    return Model


class Made(metaclass=make):
    pass


Space()["a"] = 1

class Meta(type):
    def describe(cls):
        return cls.label() + str(cls.size)

    @property
    def size(cls):
        return measure(cls)

    @classmethod
    def kind(mcs):
        return mcs.__name__


def measure(cls):
    return len(cls.__name__)


class Base(metaclass=Meta):
    @classmethod
    def label(cls):
        return "base"


class Derived(Base):
    @classmethod
    def label(cls):
        return "derived"


def main():
    print(Base.describe(), Derived.size, Derived.kind())


main()

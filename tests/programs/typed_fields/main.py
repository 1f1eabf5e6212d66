class Field:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, instance, owner):
        if instance is None:
            return self
        return self.load(getattr(instance, self.name))

    def __set__(self, instance, value):
        setattr(instance, self.name, self.check(value))

    def check(self, value):
        return value

    def load(self, value):
        return value


class Number(Field):
    def check(self, value):
        return convert(value)


def convert(value):
    return int(value)


class Point:
    x = Number()
    label = Field()

    def __init__(self, x, label):
        self.x = x
        self.label = label

    def show(self):
        return str(self.x) + self.label


Point("3", "p").show()

class Field:
    def __set_name__(self, owner, name):
        self.name = name
        owner.register(self)

    def __get__(self, instance, owner=None):
        return self.read(instance)

    def __set__(self, instance, value):
        instance.values[self.name] = value

    def read(self, instance):
        return instance.values[self.name]


class Model:
    fields = []

    @classmethod
    def register(cls, field):
        cls.fields.append(field)

    size = Field()

    def __init__(self):
        self.values = {}
        self.size = 3


print(Model().size)

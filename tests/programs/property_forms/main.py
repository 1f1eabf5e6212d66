class Box:
    def __init__(self):
        self._value = 0

    @property
    def value(self):
        return self.read()

    @value.setter
    def value(self, value):
        self.write(value)

    @value.deleter
    def value(self):
        self.clear()

    def read(self):
        return self._value

    def write(self, value):
        self._value = value

    def clear(self):
        self._value = None

    def get_size(self):
        return 2

    size = property(get_size)


def main():
    box = Box()
    box.value = 3
    print(box.value, box.size)
    del box.value


main()

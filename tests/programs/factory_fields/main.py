import dataclasses
from dataclasses import dataclass, field


def numbers():
    return [1, 2]


class Bag:
    def __init__(self):
        self.items = []

    def put(self, item):
        self.items.append(item)


@dataclass
class Base:
    bag: Bag = field(default_factory=Bag)


@dataclass
class Job(Base):
    parts: list = dataclasses.field(default_factory=numbers)
    tag: object = field(default_factory=lambda: Bag())

    def __post_init__(self):
        self.bag.put(self.parts)


def main():
    job = Job()
    job.tag.put(1)


main()

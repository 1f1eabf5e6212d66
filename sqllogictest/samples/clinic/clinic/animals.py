from __future__ import annotations

import enum

LIMIT = 3
seen = 0


class Kind(enum.Enum):
    CAT = "cat"
    DOG = "dog"


class Animal:
    legs = 4

    def __init__(self, name: str, kind: Kind) -> None:
        self.name = name
        self.kind = kind

    def speak(self) -> str:
        raise NotImplementedError

    def rename(self, name: str) -> Animal:
        global seen
        seen += 1
        if seen > LIMIT:
            raise RuntimeError("too often")
        self.name = name
        return self


class Quiet:
    def speak(self) -> str:
        return ""


class Cat(Animal):
    def speak(self) -> str:
        return "meow from " + self.name


class Dog(Quiet, Animal):
    def speak(self) -> str:
        return super().speak() or "wuff"

import functools
from typing import Optional, Union

from . import animals
from .animals import Animal, Cat, Dog as Hound
from .errors import CARE_ERRORS, ClinicError, Unknown

try:
    from fast import Base
except ImportError:

    class Base:
        pass


def logged(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)

    return wrapper


class Ward(Base):
    beds: list[Animal] = []

    def __init__(self) -> None:
        self.patients: dict[str, Animal] = {}

    @logged
    def admit(self, patient: Union[Cat, "Hound"]) -> None:
        self.patients[patient.name] = patient
        animals.seen = 0

    def find(self, name: str) -> Optional[Animal]:
        try:
            return self.patients[name]
        except KeyError as error:
            raise Unknown(name) from error

    @staticmethod
    def first(ward: Ward):
        try:
            return ward.find("Tom")
        except CARE_ERRORS:
            raise
        except (ClinicError, OSError) as error:
            raise error

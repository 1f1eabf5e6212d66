from .animals import Animal, Cat, Dog
from . import care

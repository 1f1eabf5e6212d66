from .part import B

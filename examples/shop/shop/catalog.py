"""Products and where they are kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """One thing that can be bought."""

    sku: str
    price: int

    def label(self) -> str:
        return f"{self.sku} ({self.price / 100:.2f})"


class Catalog:
    """Products by their number."""

    def __init__(self) -> None:
        self._products: dict[str, Product] = {}

    def add(self, product: Product) -> None:
        self._products[product.sku] = product

    def find(self, sku: str) -> Product:
        try:
            return self._products[sku]
        except KeyError as error:
            raise LookupError(f"no product {sku}") from error

    def __iter__(self) -> Iterator[Product]:
        return iter(self._products.values())

    @classmethod
    def load(cls, text: str) -> Catalog:
        catalog = cls()
        for entry in json.loads(text):
            catalog.add(Product(**entry))
        return catalog

"""Orders and what they cost."""

from .catalog import Catalog, Product
from .pricing import best_rule
from .pricing.rules import no_discount as full_price


class Order:
    """Lines of an order."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.lines: list[tuple[Product, int]] = []

    def put(self, sku: str, count: int = 1) -> "Order":
        self.lines.append((self.catalog.find(sku), count))
        return self

    def total(self, *, members_only: bool = False) -> int:
        rule = best_rule(self.count()) if members_only else full_price
        return rule(sum(product.price * count for product, count in self.lines))

    def count(self) -> int:
        return sum(count for _, count in self.lines)


def counter():
    """A closure: `seen` belongs to the function around `step`."""
    seen = 0

    def step(order: Order) -> int:
        nonlocal seen
        seen += order.count()
        return seen

    return step

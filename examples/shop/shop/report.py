"""A report, with an ambiguous call: which `render` runs is decided when the module is loaded."""

import os
import sys

from shop import Catalog, Order
from shop.pricing import *

if sys.stdout.isatty():

    def render(lines):
        return "\n".join(f"\x1b[1m{line}\x1b[0m" for line in lines)

else:

    def render(lines):
        return os.linesep.join(lines)


def report(catalog: Catalog, order: Order) -> str:
    names = [product.label() for product in catalog]
    names.append(f"total {order.total(members_only=True)}")
    names.append(f"rule {best_rule(order.count()).__name__}")
    return render(names)


def main() -> None:
    catalog = Catalog.load(sys.stdin.read())
    order = Order(catalog)
    for sku in sys.argv[1:]:
        order.put(sku)
    print(report(catalog, order))


if __name__ == "__main__":
    main()

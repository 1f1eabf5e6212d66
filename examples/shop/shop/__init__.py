"""A small shop: what CodeAnatomy is shown on."""

from .catalog import Catalog, Product
from .orders import Order

__all__ = ["Catalog", "Product", "Order"]

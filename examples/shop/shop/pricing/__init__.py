"""What an order costs in the end."""

from .rules import RULES, best_rule

__all__ = ["RULES", "best_rule"]

"""Rules are functions that are registered by a decorator."""

from functools import wraps

RULES = {}


def rule(at_least):
    """Registers a rule for orders of at least so many things."""

    def register(function):
        @wraps(function)
        def checked(amount):
            if amount < 0:
                raise ValueError(amount)
            return function(amount)

        RULES[at_least] = checked
        return checked

    return register


def no_discount(amount):
    return amount


@rule(10)
def tenth_off(amount):
    return amount - amount // 10


@rule(100)
def fifth_off(amount):
    return amount - amount // 5


def best_rule(count):
    """The rule for the largest orders that `count` reaches."""
    reached = [limit for limit in RULES if limit <= count]
    return RULES[max(reached)] if reached else no_discount

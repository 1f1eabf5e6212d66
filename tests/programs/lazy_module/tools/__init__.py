import importlib

_WHERE = {"hammer": "tools.heavy"}


def __getattr__(name):
    return load(name)


def load(name):
    if name not in _WHERE:
        raise AttributeError(name)
    return getattr(importlib.import_module(_WHERE[name]), name)


def saw():
    return 1

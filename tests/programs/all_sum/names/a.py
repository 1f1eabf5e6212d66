__all__ = ["alpha"]


def alpha():
    return hidden()


def hidden():
    return 0

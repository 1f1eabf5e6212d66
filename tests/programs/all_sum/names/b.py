__all__ = ("beta",)


def beta():
    return 1


def _gamma():
    return 2


__all__ = list(__all__)
__all__.append("_gamma")

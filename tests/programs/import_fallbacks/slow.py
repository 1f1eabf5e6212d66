def speed():
    return 1


def encode():
    return speed()


def extra():
    return 2

def brake():
    return press()


def press():
    return 2

import first


def start():
    return first.begin(3)


start()

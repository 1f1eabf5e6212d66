import store


def use():
    return store.load()


use()

def hammer():
    return 2

def help_me():
    return inner()


def inner():
    return 1

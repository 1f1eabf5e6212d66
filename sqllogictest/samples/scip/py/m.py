é = "𝄞"; y = é


def f(x):
    return x + y

def account(start):
    balance = start

    def put(amount):
        nonlocal balance
        balance += amount
        return check()

    def take(amount):
        nonlocal balance
        balance -= amount
        return check()

    def check():
        if balance < 0:
            return refuse(balance)
        return balance

    return {"put": put, "take": take}


def refuse(balance):
    return "no"


def use():
    mine = account(5)
    mine["put"](3)
    return mine["take"](20)


use()

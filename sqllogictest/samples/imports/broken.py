from app import start
def f(:

from shapes import *
from shapes import square as box
import shapes.round as rounds


def main():
    area(1)
    box.area(2)
    rounds.area(3)
    return Shape().draw()


main()

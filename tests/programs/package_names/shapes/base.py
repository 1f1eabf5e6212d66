from .round import area as round_area


class Shape:
    def draw(self):
        return round_area(1)


def hidden():
    return 0

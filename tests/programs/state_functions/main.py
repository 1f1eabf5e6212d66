def start(text):
    if text:
        return middle, text[1:]
    return None, text


def middle(text):
    if text:
        return end, text[1:]
    return None, text


def end(text):
    finish()
    return None, text


def finish():
    pass


def run(text):
    state = start
    while state is not None:
        state, text = state(text)


run("abc")


class Signal:
    def __init__(self):
        self.slots = []

    def connect(self, slot):
        self.slots.append(slot)
        return slot

    def emit(self, *args):
        for slot in self.slots:
            slot(*args)


class Window:
    def __init__(self):
        self.clicked = Signal()
        self.clicked.connect(self.on_click)
        self.clicked.connect(lambda x: log(x))

    def on_click(self, x):
        self.redraw()

    def redraw(self):
        pass


def log(x):
    pass


Window().clicked.emit(1)

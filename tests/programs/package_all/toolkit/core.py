class Engine:
    def start(self):
        return helper()


def helper():
    return 1

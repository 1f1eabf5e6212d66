import helpers


class Target:
    def start(self):
        return 1

    def stop(self):
        return 2


def named(target):
    return getattr(target, "start")()


def defaulted(target):
    return getattr(target, "missing", fallback)()


def fallback():
    return 0


def of_module():
    function = getattr(helpers, "help_me")
    return function()


def both(target):
    for name in ("start", "stop"):
        getattr(target, name)()


named(Target())
defaulted(Target())
of_module()
both(Target())

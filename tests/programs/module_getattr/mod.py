def real(): pass
def _made(): pass
def __getattr__(name):
    if name == "virtual":
        return _made
    raise AttributeError(name)

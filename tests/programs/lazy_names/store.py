def __getattr__(name):
    if name == "load":
        from loader import load

        return load
    raise AttributeError(name)

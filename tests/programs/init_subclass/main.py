
class Plugin:
    plugins = {}
    def __init_subclass__(cls, **k):
        super().__init_subclass__(**k)
        cls.plugins[cls.__name__] = cls
        cls.setup()
    @classmethod
    def setup(cls): pass
    def run(self): return 'p'
class X(Plugin):
    def run(self): return 'x'
class Y(Plugin):
    def run(self): return 'y'
for cls in Plugin.plugins.values():
    cls().run()


class Base:
    @classmethod
    def make(cls): return cls()
    def run(self): return self.name()
    def name(self): return 'base'
class Sub(Base):
    def name(self): return 'sub'
    @classmethod
    def twice(cls): return cls.make(), cls.make()
Base.make().run()
a, b = Sub.twice()
a.run()

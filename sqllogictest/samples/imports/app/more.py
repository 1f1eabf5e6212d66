from app.util import helper as delta
__all__ = ('delta',)

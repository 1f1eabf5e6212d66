
try:
    from fastimpl_missing import run
except ImportError:
    from slow import run
import sys
if sys.version_info >= (3,):
    import new as impl
else:
    import old as impl
def lazy():
    from slow import other
    return other()
run(); impl.go(); lazy()

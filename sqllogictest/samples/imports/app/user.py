from app.branches import first, second, third, fourth, fifth
from app.lazy import anything
from app.ring_a import x, y
from app.util import compiled
from app.typed import Alone
import app.nowhere
import app.core

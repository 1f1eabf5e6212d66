
import lib
from lib.api import Client as C
lib.Client().get()
C().get()
lib.api.core.helper()

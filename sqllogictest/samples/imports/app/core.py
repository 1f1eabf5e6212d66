import os.path
import app.util as u
from app.util import helper, LIMIT
from app import VERSION, listed, missing
from .. import above
class Engine: ...
def run(): ...

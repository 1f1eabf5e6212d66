from .api import Client
from . import api

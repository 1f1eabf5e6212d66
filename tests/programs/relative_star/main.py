
from pkg import *
from pkg.sub import deep
a(); B().m(); deep(); 

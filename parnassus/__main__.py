"""`python -m parnassus` is the command `parnassus`."""

import sys

from parnassus.cli.main import main

sys.exit(main())

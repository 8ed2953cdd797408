"""`python -m rongcuo`."""

import sys

from rongcuo.cli import main

sys.exit(main())

"""`python -m safar.doors.cli` is `safar`."""

import sys

from .main import main

sys.exit(main())

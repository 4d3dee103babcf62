"""python -m refgmm"""

import sys

from refgmm.cli import main

if __name__ == "__main__":
    sys.exit(main())

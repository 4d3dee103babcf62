"""python -m refgmm_gui"""

import sys

from refgmm_gui.app import main

if __name__ == "__main__":
    sys.exit(main())

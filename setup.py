"""What is compiled, and how, where REFGMM_COMPILE=1 asks for it. All else stands in pyproject.toml.

-lm: Linux's exp and log of today; without it, the linker takes those of 1999, which are slower.
-ffp-contract=off: no fused multiply-add, which rounds once where Python rounds twice. Without it,
arm64 would give other last digits than the interpreter.
-fvisibility=hidden: a call within the kernel goes straight there, or is done on the spot.
"""

import os
import sys
from pathlib import Path

from setuptools import setup

FLAGS = ["-ffp-contract=off", "-fno-fast-math", "-fvisibility=hidden"]

extensions = []
if os.environ.get("REFGMM_COMPILE", "") not in ("", "0"):
    from mypyc.build import mypycify

    kernel = sorted(path.as_posix() for path in Path("refgmm").glob("_kernel*.py"))
    extensions = mypycify(kernel, opt_level="3", debug_level="0", group_name="refgmm")
    if sys.platform != "win32":  # MSVC contracts nothing unless it is asked to
        for extension in extensions:
            extension.extra_compile_args += FLAGS
            extension.libraries.append("m")

setup(ext_modules=extensions)

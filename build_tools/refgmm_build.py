"""The build backend: setuptools, which with REFGMM_COMPILE=1 compiles the kernel by mypyc.

    pip install .                       a wheel for any Python and any machine; needs no compiler
    REFGMM_COMPILE=1 pip install .      a wheel for this Python and this machine; needs a C compiler

The source is one and the same, and so are the results, bit for bit. setup.py says what is compiled.
"""

import os
from typing import Any

from setuptools.build_meta import (
    build_editable,
    build_sdist,
    build_wheel,
    get_requires_for_build_sdist,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

COMPILER = "mypy[mypyc]==2.4.1"  # exactly: another version may generate other code

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]


def is_compiled() -> bool:
    """Whether a compiled kernel is asked for."""
    return os.environ.get("REFGMM_COMPILE", "") not in ("", "0")


def get_requires_for_build_wheel(config_settings: Any = None) -> list[str]:
    """What to install before building: the compiler, where it is asked for.

    setuptools would run setup.py to find out, which imports that compiler.
    """
    return [COMPILER] if is_compiled() else []


get_requires_for_build_editable = get_requires_for_build_wheel

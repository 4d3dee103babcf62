"""Settings for all tests: hypothesis draws the same examples on every run."""

from hypothesis import settings

settings.register_profile("refgmm", derandomize=True, max_examples=100, deadline=None)
settings.load_profile("refgmm")

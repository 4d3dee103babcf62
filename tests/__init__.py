"""The tests mirror the modules. Every test's docstring states the claim that it checks."""

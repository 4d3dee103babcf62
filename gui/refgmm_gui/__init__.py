"""The desktop app of refgmm: step through EM, forwards and back, with every number on screen."""

"""How many parts a window may have: the same on the form and in a file."""

MAX_CHANNELS = 20
MAX_EXCEPTIONS = 60
MAX_FALLBACKS = 8

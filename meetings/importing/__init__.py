"""From a file to a draft: what was read waits as a proposal until somebody has put it right and accepts it."""

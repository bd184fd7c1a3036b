"""Whether the links of windows still lead anywhere: asked politely, and never of machines inside our own network."""

"""Tables that people bring and take along: read, planned as a whole, carried out as a whole, and written again."""

"""Organisations in and out: files read, planned as a whole, applied as a whole, and written again."""

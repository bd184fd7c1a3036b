"""Addresses in and out: files read, planned as a whole, taken in as a whole, and written again."""

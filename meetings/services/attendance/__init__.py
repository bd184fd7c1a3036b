"""Inviting to meetings, answering, and who came. Each module is called by its own name."""

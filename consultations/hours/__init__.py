"""Opening hours: read from Japanese text, written back in words, evaluated, edited.

A rule is an OpenStreetMap `opening_hours` string. Nothing here touches the database.
"""

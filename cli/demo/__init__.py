"""A municipality that does not exist, and everyone in it."""

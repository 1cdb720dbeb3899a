"""A tree of HTML as its readers see it."""

"""Answers that no passage states by itself: from the catalogue, and of several sentences."""

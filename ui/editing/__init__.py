"""Corrections on the page: the form for an article or a selection, and the names of outlets."""

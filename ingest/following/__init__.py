"""Following sources: which there are, whether one may be added, and lists of them as OPML, in and out."""

"""The reader: one article with its highlights and versions."""

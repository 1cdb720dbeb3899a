"""Trains the reader that `rag/reading` runs. Not a part of the package that is installed."""

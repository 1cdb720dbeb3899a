"""The map of the library by subject."""

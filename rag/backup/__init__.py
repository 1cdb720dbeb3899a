"""A library in one file: made while others use it, and made into a library again."""

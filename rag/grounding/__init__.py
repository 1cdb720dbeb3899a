"""What a question is about, and whether the library and its evidence have it."""

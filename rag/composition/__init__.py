"""What answers a question out of chosen sentences: words of theirs, yes or no, the items of a list."""

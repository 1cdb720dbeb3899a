"""Whether pieces of evidence agree: the same value, another one, or one that takes its place."""

"""Notes: what a reader marks in articles, and writes on them."""

"""Full-text search of a library: which articles, and where in them, each occurrence a pointer."""

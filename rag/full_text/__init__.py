"""Full-text search over strings: tokens, queries and where they occur. Knows no library and no index."""

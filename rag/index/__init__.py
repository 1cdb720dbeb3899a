"""The indexes over passages: vectors, terms, multi-vectors, and the indexer that keeps them in step."""

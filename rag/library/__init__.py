"""The catalogue, in SQLite or PostgreSQL: articles, sources, versions, facets, failures, feedback."""

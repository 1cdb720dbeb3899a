"""The catalogue in SQLite: articles, sources, versions, facets, failures, feedback."""

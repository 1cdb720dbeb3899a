"""The indexes on servers that many machines share: vectors on Chroma's, the rest in PostgreSQL."""

"""Names of people, places and institutions: found in text, and compared across languages."""

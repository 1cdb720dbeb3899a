"""How things are kept: SQLite or PostgreSQL opened, writes made durable, folders swapped, who writes."""

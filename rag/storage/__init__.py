"""How files are kept: SQLite opened, writes made durable, folders swapped, one writer at a time."""

"""Keys of the page: going to an article, a conversation or a tab by its name, and the sheet of all keys."""

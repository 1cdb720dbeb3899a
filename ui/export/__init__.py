"""Exporting from the page: files that the browser saves, quotes for the clipboard."""

"""Brings articles in: from files, pages, feeds and archives to the library."""

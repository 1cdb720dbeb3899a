"""Serving the page: routes, users, signing in."""

"""Followed sources on the page: their list, what each reading brought, and reading them while it runs."""

"""Dossiers on the page: their list on the Library tab, and the dialog by which articles come into one."""

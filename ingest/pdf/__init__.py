"""A PDF's characters and where they stand → the text that its readers read, in their order."""

"""The sources that a library follows, beside those of the configuration, and what each reading brought."""

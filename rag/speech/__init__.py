"""Who says what in an article: quotations, verbs of speech, and whose words they are."""

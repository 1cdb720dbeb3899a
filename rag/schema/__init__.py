"""What every part speaks of: articles, passages, hits, evidence, questions, answers and events."""

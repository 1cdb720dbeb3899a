"""What is asked: the files' questions, those of chosen articles, near misses and other spellings of them.

Knows articles and questions as texts; no library, no system and no metric.
"""

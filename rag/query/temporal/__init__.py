"""Periods that a question names: expressions, relative periods, tense."""

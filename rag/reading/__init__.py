"""Question and passages in; the words that answer, sentences' scores, and whether there is an answer, out."""

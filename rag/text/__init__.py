"""Text before meaning: normalising, tokens, sentences, language, stop words, synonyms, shingles."""

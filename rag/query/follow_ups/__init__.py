"""Questions that lean on what was said before, put into words that stand alone; rules, without a model."""

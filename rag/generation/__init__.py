"""From sentences to an Answer: prompts, drafting, checking claims, disagreement."""

"""The words of a sentence that answer a question: candidates by rules, and the likeliest of them."""

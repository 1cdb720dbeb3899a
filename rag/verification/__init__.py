"""Whether a quote bears out a claim: premise, numbers, attribution, contradiction, paraphrase."""

"""From a question and its conversation to one parsed question."""

"""Opens a library with its models and wires the parts: the one place that knows which class does what."""

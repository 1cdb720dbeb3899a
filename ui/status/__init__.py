"""The status tab."""

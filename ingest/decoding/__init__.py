"""Bytes to text: charsets, decompression, HTML text, and the sandbox for untrusted parsers."""

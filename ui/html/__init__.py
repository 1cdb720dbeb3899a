"""Markup and the assets of the page: elements, frame, palette, style and scripts."""

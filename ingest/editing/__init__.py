"""Corrections of what articles are filed under: what is typed is checked, and every index follows."""

"""Dossiers: named collections of articles, chosen by hand and filled by rules."""

"""Servers of models: how long they are waited for, what is asked again, and when they are left alone."""

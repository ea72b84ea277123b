"""Twins of the social networks."""

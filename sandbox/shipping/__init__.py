"""Twins of carriers, and what they have in common: labels that print, and journeys that parcels make."""

"""Marketing tools."""

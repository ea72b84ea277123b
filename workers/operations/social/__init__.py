"""Posts, comments, accounts, and how they do."""

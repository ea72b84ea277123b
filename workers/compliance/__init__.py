"""What the law and auditors ask for: the audit log's chain, retention, what people ask about their data."""

"""How an alert reads in each channel: pure translation of notices into mails and JSON, and what carries them."""

"""The vault: the only place where a credential is opened, and where the keys that open it are kept and changed."""

"""Every marketing tool as the suites that run over all of them know it: one module each, named like the key."""

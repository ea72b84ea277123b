"""Every gateway as the suites that run over all of them know it: one module each, named like the provider's key."""

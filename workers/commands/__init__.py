"""The commands of `wasl`, a module each; every one has an `app`."""

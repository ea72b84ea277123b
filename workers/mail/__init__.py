"""The mail that the hub sends: few messages, each to one person who asked for it."""

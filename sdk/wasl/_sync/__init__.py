# Made by `wasl sdk sync` from wasl/_async/__init__.py: do not edit.

"""Papers that Wasl prints itself: labels for carriers that print none, several labels in one file, manifests. It is a
library: it knows no connection and no database."""

from workers.labels.label import Address, Label, LabelTooFull, pdf

__all__ = ["Address", "Label", "LabelTooFull", "pdf"]

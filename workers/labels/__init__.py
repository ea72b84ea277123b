"""Papers that Wasl prints itself: labels of manual carriers, merged labels, manifests, invoices. Pure drawing."""

"""A local server that plays the providers: stateful twins with signed webhooks, and faults on demand.

It is a stranger on the other end of the wire: it imports nothing of the workers, and is written from the providers'
documentation, not from the connectors.
"""

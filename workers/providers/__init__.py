"""Providers: one file per provider, pure translation between Wasl's models and the provider's wire format.

Nothing here touches the database or keeps state beyond a connector's own life. `registry.open_connector` is the way
in, `base.Connector` the class to derive from, `capabilities` what a connector can be asked to do, `errors` how it
says no.
"""

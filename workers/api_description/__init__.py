"""The description of the hub's whole public surface, docs/openapi.json: made of what PostgREST and the database say."""

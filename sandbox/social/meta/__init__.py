"""What the twins of Meta's networks share: `graph` is the Graph API's frame, `fields` reads what is asked of a node,
`errors` are its refusals."""

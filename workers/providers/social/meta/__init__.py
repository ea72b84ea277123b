"""What Meta's networks share: `connection` speaks to the Graph API, `login` is Facebook Login, `errors` its refusals,
`webhooks` its deliveries, `objects` its common shapes, `models` credentials and settings."""

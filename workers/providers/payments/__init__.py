"""Payment gateways and the model they share."""

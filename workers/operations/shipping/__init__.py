"""The work of shipping: asking for prices, buying labels, following parcels, keeping their papers."""

"""Messages to offices by HTTP, signed as Standard Webhooks says."""

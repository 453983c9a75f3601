"""SMS and WhatsApp through HTTP gateways: one shape, a file per provider's format, one for the wire."""

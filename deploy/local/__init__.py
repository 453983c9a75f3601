"""The local stack: a real Kafka broker, a real PostgreSQL, a mail catcher and the three services on one machine."""

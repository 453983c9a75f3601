"""Messages that a channel delivers by itself: handed to its bot by a topic, and the bot's answers."""

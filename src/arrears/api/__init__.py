"""The HTTP API for other systems: may I contact, reserve it, and here is what came of it."""

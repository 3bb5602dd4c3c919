"""Settings, the database and the machine: everything that is read from the environment is read here."""

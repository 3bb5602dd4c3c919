"""Background work: jobs that call actions again and again, and the worker that runs them. No logic."""

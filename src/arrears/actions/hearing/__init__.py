"""The parts of hearing what people write: who wrote, what is done, what a person has to look at."""

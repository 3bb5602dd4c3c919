"""What things cost. Ratios within one run are what counts; figures depend on the machine."""

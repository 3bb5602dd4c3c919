"""Two and a half weeks of a lender, lived in a simulation: invented events on real or invented customers."""

"""The catalogue: models are functions that return two joints and an objective."""

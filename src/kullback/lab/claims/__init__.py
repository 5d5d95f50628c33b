"""The claims by chapter. These tables import neither torch nor the experiments."""

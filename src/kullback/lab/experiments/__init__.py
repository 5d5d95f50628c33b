"""What is run for each claim: functions that return an ``Outcome``, and those that draw it."""

"""A folder for each case study; no case knows another."""

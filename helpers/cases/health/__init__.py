"""All that only the health case knows."""

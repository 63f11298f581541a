"""All that only the wine case knows."""

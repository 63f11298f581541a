"""All that only the marketing case knows."""

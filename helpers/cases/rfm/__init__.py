"""All that only the rfm case knows."""

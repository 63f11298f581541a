"""All that only the loyalty case knows."""

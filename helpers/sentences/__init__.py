"""From results to prose: every sentence with a finding is computed here."""

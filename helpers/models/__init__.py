"""Methods that know arrays and frames, never a case study."""

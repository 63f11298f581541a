"""From transactions to tables that a model can read."""

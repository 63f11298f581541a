"""What the notebooks of Customer Casebook are made of."""

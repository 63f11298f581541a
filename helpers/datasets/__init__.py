"""What comes in: schemas, readers of real files and generators of samples."""

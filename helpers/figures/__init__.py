"""From results to pictures, one function a picture."""

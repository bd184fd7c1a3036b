"""Files of last years: read, shown with their doubts, taken in."""

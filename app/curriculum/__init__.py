"""What is taught: reads the curriculum's text files and publishes immutable releases of it."""

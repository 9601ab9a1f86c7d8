"""What is closed with a key and opened again, for those who may see neither key nor content."""

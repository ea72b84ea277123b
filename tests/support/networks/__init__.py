"""What suites over every social network know of each."""

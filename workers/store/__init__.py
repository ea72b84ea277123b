"""Every SQL statement of the workers: ``*.sql`` files with named queries beside thin psycopg functions."""

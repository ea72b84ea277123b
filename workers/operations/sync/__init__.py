"""Reading what lies outside: page by page, with a cursor that outlives the worker."""

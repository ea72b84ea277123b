"""The files of posts: what they are, and their bytes, from addresses that users gave."""

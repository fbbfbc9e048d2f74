"""The tools of reading: charsets, dates, addresses, text, and the one sanitiser. Each is a function of its arguments."""

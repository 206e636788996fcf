"""The sources of builds: fetched, unpacked, and read without running anything."""

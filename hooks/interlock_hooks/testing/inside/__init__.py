"""Files that the kit puts inside the sdists that it makes; they run in build environments, with nothing but Python."""

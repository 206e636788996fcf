"""Small things that every room needs: where files live and how they are written."""

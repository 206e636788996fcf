"""Whether compiled code fits the environment that it is to run in: the built-in plugin ``audit``."""

"""How sdists become wheels that fit the environment: plans, build environments, PEP 517, discovery, the wheel store."""

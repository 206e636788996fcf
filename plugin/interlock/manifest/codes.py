"""The codes of findings about a manifest; `docs/findings.md` describes each of them."""

NOT_FOUND = "IL101"  # no manifest where one was looked for
UNREADABLE = "IL102"  # the manifest is not a readable text file of a known kind
MALFORMED = "IL103"  # not valid TOML
WRONG_TYPE = "IL104"  # a value of the wrong type
WRONG_VALUE = "IL105"  # a value of the right type that is not allowed here
UNKNOWN_KEY = "IL106"  # a key that no known table has
MISPLACED = "IL107"  # a known key or table in a place where it has no effect
UNKNOWN_PLATFORM = "IL108"  # not a conda subdir, nor the name of a declared platform
BAD_REQUIREMENT = "IL109"  # not a PEP 508 requirement
BAD_SPEC = "IL110"  # not a conda package specification
MATCH_RUNTIME_VERSION = "IL111"  # match-runtime together with a version
UNKNOWN_ENVIRONMENT = "IL112"  # an environment that the manifest does not declare
UNKNOWN_FEATURE = "IL113"  # a feature, group or extra that the manifest does not declare
UNSUPPORTED = "IL114"  # valid for its own tool, but not supported by Interlock
PLATFORM_NOT_DECLARED = "IL115"  # the environment does not support the platform that was asked for
CONFLICT = "IL116"  # two entries of the manifest that contradict each other
CYCLE = "IL117"  # groups or extras that include themselves
NO_WORKSPACE = "IL118"  # a readable manifest that declares nothing to install
MISSING_KEY = "IL119"  # a key that the table must have
MISSING_PATH = "IL120"  # a local path that does not exist
BAD_MAP = "IL121"  # a conda-pypi-map, or an entry of it, that cannot be read
BAD_NAMES = "IL122"  # an entry of a map that is not one or more PyPI names
MAPPED_TWICE = "IL123"  # two entries of the map for one channel
MAPPED_CHANNEL = "IL124"  # a map for a channel that is not used
PLAIN_HTTP = "IL125"  # a map that is fetched without encryption
EMPTY_MAP = "IL126"  # a map without entries

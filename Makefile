PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SOURCES := pyproject.toml setup.py $(shell find . -name '*.pyx' -not -path './.venv*' -not -path './build/*') \
           $(shell find . -name '*.pxd' -not -path './.venv*' -not -path './build/*') \
           $(wildcard pykka_live/static/pykka_live/client/*.js)
APT := $(if $(filter 0,$(shell id -u)),,sudo) apt-get

.PHONY: demo test lint bench clean

demo: $(VENV)/.demo
	$(BIN)/python manage_demo/manage.py migrate --verbosity 0
	cd manage_demo && ../$(BIN)/uvicorn demo.asgi:application --host 127.0.0.1 --port 8000

test: $(VENV)/.test
	@command -v chromium >/dev/null && command -v redis-server >/dev/null || { \
	  command -v apt-get >/dev/null && $(APT) update -qq && $(APT) install -y -qq chromium redis-server; }
	$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.test
	$(BIN)/python benchmarks/actors.py
	$(BIN)/python benchmarks/metrics.py
	$(BIN)/python benchmarks/recovery.py
	$(BIN)/python benchmarks/population.py

clean:
	rm -rf $(VENV) build dist *.egg-info pykka_live/*.so pykka_live/*/*.so pykka_live/static/pykka_live/pykka_live.js

# Installing in place builds the extensions and the browser client; so it is done again whenever one of their sources changes.
$(VENV)/.demo: $(SOURCES) | $(VENV)
	$(BIN)/pip install --quiet --editable '.[demo]'
	touch $@

$(VENV)/.test: $(SOURCES) | $(VENV)
	$(BIN)/pip install --quiet --editable '.[test]'
	touch $@

$(VENV)/.lint: $(SOURCES) | $(VENV)
	$(BIN)/pip install --quiet --editable '.[test,lint]'
	touch $@

$(VENV):
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip

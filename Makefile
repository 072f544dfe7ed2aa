PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
BENCH_VENV ?= .venv-bench
BENCH := $(BENCH_VENV)/bin/python -m
CASES := tinyhtml5-2.1.0
CLIENTS := phoenix@1.8.16 phoenix_live_view@1.2.12
SOURCES := pyproject.toml setup.py $(shell find . -name '*.pyx' -not -path './.venv*' -not -path './build/*') \
           $(shell find . -name '*.pxd' -not -path './.venv*' -not -path './build/*') \
           $(wildcard pykka_live/static/pykka_live/client/*.js pykka_live/static/pykka_live/client/*/*.js)
# On all cores. The tests of a file stay together, for they share a server, and files keep their order, as the long
# ones come first.
PARALLEL := --numprocesses auto --dist loadfile --no-loadscope-reorder
APT := $(if $(filter 0,$(shell id -u)),,sudo) apt-get

.PHONY: demo test lint bench clean

demo: $(VENV)/.demo
	$(BIN)/python manage_demo/manage.py migrate --verbosity 0
	cd manage_demo && ../$(BIN)/uvicorn demo.asgi:application --host 127.0.0.1 --port 8000

test: $(VENV)/.test $(VENV)/tree-construction
	@command -v chromium >/dev/null && command -v redis-server >/dev/null || { \
	  command -v apt-get >/dev/null && $(APT) update -qq && $(APT) install -y -qq chromium redis-server; }
	@command -v prometheus >/dev/null && command -v promtool >/dev/null || \
	  ! command -v apt-get >/dev/null || $(MAKE) --quiet --no-print-directory $(BIN)/prometheus
	$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

lint: $(VENV)/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The peers have a venv of their own, for what they pin is not to decide what the tests run with.
bench: $(BENCH_VENV)/.bench
	$(BENCH) benchmarks.pipeline --write
	$(BENCH) benchmarks.costs --write
	$(BENCH) benchmarks.server --write
	$(BENCH) benchmarks.sizes --write
	$(BENCH) benchmarks.memory --write
	$(BENCH) benchmarks.isolation --write
	$(BENCH) benchmarks.scale --write
	$(BENCH) benchmarks.actors --write
	$(BENCH) benchmarks.handle --write
	$(BENCH) benchmarks.metrics --write
	$(BENCH) benchmarks.recovery --write
	$(BENCH) benchmarks.population --write
	$(BENCH) benchmarks.components --write
	$(BENCH) benchmarks.observer --write
	$(BENCH) benchmarks.client --write

clean:
	rm -rf $(VENV) $(BENCH_VENV) build dist *.egg-info pykka_live/*.so pykka_live/*/*.so pykka_live/static/pykka_live/*.js pykka_live/static/pykka_live/*.js.map

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

$(BENCH_VENV)/.bench: $(SOURCES) | $(BENCH_VENV)
	$(BENCH) pip install --quiet --editable '.[bench]'
	! command -v npm >/dev/null || npm install --silent --no-audit --no-fund --prefix $(BENCH_VENV) $(CLIENTS)
	touch $@

# Debian's package without its installation, which would start a service: the tests need the two programs only.
$(BIN)/prometheus: | $(VENV)
	$(APT) update -qq
	cd $(VENV) && rm -f prometheus_*.deb && apt-get download -qq prometheus
	cd $(VENV) && dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x -C bin --strip-components=3 ./usr/bin
	rm $(VENV)/prometheus_*.deb

# The tree-construction cases of html5lib-tests, which are not ours to keep here: this package's source has them.
$(VENV)/tree-construction: | $(VENV)
	$(BIN)/pip download --quiet --no-deps --no-binary :all: --dest $(VENV) $(subst -,==,$(CASES))
	tar -xz -f $(VENV)/$(CASES).tar.gz -C $(VENV) --strip-components=2 $(CASES)/tests/tree-construction
	rm $(VENV)/$(CASES).tar.gz

$(VENV) $(BENCH_VENV):
	$(PYTHON) -m venv $@
	$@/bin/python -m pip install --quiet --upgrade pip

# The front door. Each target first makes sure that the packages it needs are there (it says what
# it installs before it does), then builds with Meson, then does its job. The work is in tools/.

PREFIX ?= /usr/local
DESTDIR ?=
SITE ?= examples/first-hall/site.yaml
ARGS ?=
FUZZ_SECONDS ?= 30

.PHONY: all run test test-arm64 bench fuzz lint format install deps clean help

all:
	@tools/deps.sh build
	@tools/deps.sh web || echo 'plenum: going on; the dashboard may be missing'
	@tools/build.sh release plenum

run: all
	@build/plenum run $(SITE) $(ARGS)

test:
	@tools/deps.sh build web test arm64
	@tools/deps.sh slurm || echo 'plenum: going on; the test against Slurm is skipped'
	@tools/sysroot.sh
	@tools/test.sh

test-arm64:
	@tools/deps.sh build web test arm64
	@tools/sysroot.sh
	@tools/test.sh arm64

bench:
	@tools/deps.sh build web test
	@tools/build.sh release
	@meson test -C build --no-rebuild --benchmark --verbose --num-processes 1 $(ARGS)

fuzz:
	@tools/deps.sh build web fuzz
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tools/fuzz.sh $(ARGS)

lint:
	@tools/deps.sh build web test lint
	@tools/lint.sh

format:
	@tools/deps.sh lint
	@tools/format.sh

install: all
	@meson configure build -Dprefix=$(PREFIX)
	@ninja -C build plenum plenum.bash
	@meson install -C build --no-rebuild $(if $(DESTDIR),--destdir $(DESTDIR))

deps:
	@tools/deps.sh build web test slurm arm64 fuzz lint
	@tools/sysroot.sh

clean:
	rm -rf build build-asan build-clang build-tsan build-arm64 build-fuzz build-web

help:
	@echo 'make              build/plenum'
	@echo 'make run          run the example site; SITE=FILE for another, ARGS="--speed max" for options'
	@echo 'make test         all tests, in all builds'
	@echo 'make test-arm64   the tests of the aarch64 build, under qemu-user'
	@echo 'make bench        speed tables'
	@echo 'make fuzz         each fuzz target for FUZZ_SECONDS (30)'
	@echo 'make lint         style, clang-format and clang-tidy'
	@echo 'make format       clang-format all sources'
	@echo 'make install      to PREFIX (/usr/local), under DESTDIR'
	@echo 'make deps         the packages of all targets at once'

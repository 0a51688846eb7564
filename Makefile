# smbtriage: builds with GNU make on Debian 12.
#
#   make demo     install what is missing, build, analyse the shipped incident capture
#   make check    install what the tests need, build, run every test
#   make          build only; touches no network
#   make help     everything else

VERSION := 0.1.0
PREFIX  ?= /usr/local
DESTDIR ?=

# What the project needs, as Debian packages: the one list.
BUILD_PACKAGES := gcc libc6-dev pkg-config libpcap-dev libndpi-dev libyaml-dev zlib1g-dev \
                  libzstd-dev liblz4-dev libgcrypt20-dev libkrb5-dev libxml2-dev libunistring-dev \
                  libjansson-dev libseccomp-dev
TEST_PACKAGES  := check tshark python3 dpkg-dev mandoc zstd lz4 cmark-gfm python3-jsonschema libxml2-utils \
                  tidy valgrind
CI_PACKAGES    := git clang clang-format libclang-rt-14-dev llvm shellcheck zsh fish chromium
BENCH_PACKAGES := tshark python3 hyperfine time
LAB_PACKAGES   := iproute2 ethtool nftables tshark samba samba-common-bin smbclient samba-testsuite krb5-kdc \
                  krb5-admin-server krb5-user dnsmasq-base faketime python3 util-linux

# One folder a flavour, so that they never mix: release, debug (DEBUG=1), sanitize (SANITIZE=1), thread
# (THREAD=1), and what fuzzing needs of clang: fuzz (FUZZ=1), coverage (COVERAGE=1).
comma         := ,
CLANG_FLAVOUR := $(if $(FUZZ),fuzz,$(if $(COVERAGE),coverage))
FLAVOUR       := $(or $(CLANG_FLAVOUR),$(if $(SANITIZE),sanitize),$(if $(THREAD),thread),$(if $(DEBUG),debug),release)
BUILD         := build/$(FLAVOUR)$(if $(CLANG_FLAVOUR),,$(if $(filter clang%,$(CC)),-clang))
ifdef CLANG_FLAVOUR
CC            := clang
endif
FLAGS_release  := -O2 -g
FLAGS_debug    := -Og -g
FLAGS_sanitize := -O1 -g -fsanitize=address$(comma)undefined -fno-sanitize-recover=all \
                  -fno-omit-frame-pointer
FLAGS_thread   := -O1 -g -fsanitize=thread
# Small bounds and buffers, so that small inputs reach what is beyond them.
SMALL_BOUNDS   := -DARENA_MOST_BLOCK_BYTES=1u -DINFLATE_INPUT_BYTES=512u -DWINDOW_INITIAL_BYTES=64u \
                  -DFRAGMENT_DATAGRAMS_MOST=16 -DFRAGMENT_BYTES_MOST=131072u -DDUPLICATES_MOST=32
FLAGS_fuzz     := -O2 -gline-tables-only -fsanitize=fuzzer-no-link$(comma)address$(comma)undefined \
                  -fno-sanitize-recover=all -fno-omit-frame-pointer $(SMALL_BOUNDS)
FLAGS_coverage := -O1 -fprofile-instr-generate -fcoverage-mapping -DCOUNTS_COVERAGE

# Without libkrb5, which KRB5=no says too, only keytabs cannot be used. It must be MIT's. Asked when
# it is needed, since deps may just have installed it.
KRB5       = $(if $(shell pkg-config --exists mit-krb5 && echo yes),yes,no)
LIBRARIES  = libpcap libndpi yaml-0.1 zlib libzstd liblz4 libgcrypt libxml-2.0 jansson libseccomp \
             $(if $(filter yes,$(KRB5)),mit-krb5)
# So that the same sources give the same bytes wherever they lie.
PLACELESS := -ffile-prefix-map=$(CURDIR)=.
WARNINGS  := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
             -Wwrite-strings -Wvla -Wformat=2 -Wundef
CFLAGS    += -std=c11 $(WARNINGS) $(FLAGS_$(FLAVOUR)) $(PLACELESS) $(WERROR)
CPPFLAGS  += -I. -D_DEFAULT_SOURCE -DSMBTRIAGE_VERSION='"$(VERSION)"'
# libunistring has no file for pkg-config.
LDLIBS     = $(shell pkg-config --libs $(LIBRARIES)) -lunistring
# What is done, not how; V=1 shows the commands.
Q          := $(if $(V),,@)
say         = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2))
KRB5_FLAGS = $(if $(filter yes,$(KRB5)), \
               -DSMBTRIAGE_KRB5 $(shell pkg-config --cflags mit-krb5))
NDPI_FLAGS = $(subst -I,-isystem ,$(shell pkg-config --cflags-only-I libndpi))
XML_FLAGS  = $(subst -I,-isystem ,$(shell pkg-config --cflags-only-I libxml-2.0))

ROOMS     := analyzer analyzer/base analyzer/capture analyzer/command analyzer/conversation \
             analyzer/companions analyzer/evidence analyzer/points analyzer/report analyzer/sandbox dissectors rules
ALL_C     := $(wildcard $(ROOMS:%=%/*.c))
TEST_C    := $(filter %_test.c,$(ALL_C))
SOURCE_C  := $(filter-out $(TEST_C) analyzer/main.c,$(ALL_C))
OBSERVE_C := $(wildcard fixtures/corpus/*.c)
FLOOD_C   := $(wildcard fixtures/hostile/flood*.c)
# Each file of this folder is a fuzz target, but for what they share.
FUZZ_COMMON := $(addprefix fixtures/fuzz/,fuzz.c talk.c capture.c sample.c)
FUZZ_TOOLS  := $(addprefix fixtures/fuzz/,replay.c seeds.c seeds_made.c)
FUZZ_C      := $(filter-out $(FUZZ_COMMON) $(FUZZ_TOOLS),$(wildcard fixtures/fuzz/*.c))
FUZZ_TARGETS := $(FUZZ_C:fixtures/fuzz/%.c=%)
MUTATE_C  := $(addprefix fixtures/hostile/,mutations.c damage.c damage_records.c damage_packets.c \
               damage_wrapped.c victim.c treatment.c printed.c heap.c)
OBJECTS   := $(SOURCE_C:%.c=$(BUILD)/%.o) $(BUILD)/builtin_rules.o $(BUILD)/completion_scripts.o \
             $(BUILD)/html_style.o
CATALOGUE := $(sort $(wildcard rules/catalogue/*.yaml))
SHELLS    := bash zsh fish
EXPLAINED := $(sort $(wildcard rules/explanations/*.yaml))

.PHONY: all
all: $(BUILD)/smbtriage

$(BUILD)/smbtriage: $(BUILD)/analyzer/main.o $(OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/%.o: $(BUILD)/%.c
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# The headers of nDPI and libxml2 are found below folders of their own, and nDPI's are not
# warning-free.
$(BUILD)/analyzer/conversation/classify.o: CPPFLAGS += $(NDPI_FLAGS)
XML_USERS := $(addprefix $(BUILD)/,analyzer/base/xml_memory.o analyzer/companions/filter_events.o \
                                   analyzer/report/markup.o fixtures/fuzz/whole.o)
$(XML_USERS): CPPFLAGS += $(XML_FLAGS)

# What includes libkrb5's header, compiled anew when the library comes or goes.
KRB5_USERS := $(addprefix $(BUILD)/,analyzer/keytab.o analyzer/keytab_test.o \
                                    dissectors/kerberos_keys_test.o \
                                    dissectors/smb2_seal_kerberos_test.o)
$(KRB5_USERS): CPPFLAGS += $(KRB5_FLAGS)
$(KRB5_USERS): $(BUILD)/krb5
$(BUILD)/krb5: always
	@mkdir -p $(@D)
	@echo '$(KRB5)' | cmp -s - $@ || echo '$(KRB5)' > $@
.PHONY: always
always:

# The rules and explanations become text in the program: each file a string, each line of it one
# literal.
$(BUILD)/builtin_rules.c: $(CATALOGUE) $(EXPLAINED) Makefile
	@mkdir -p $(@D)
	@table() { \
	   name=$$1; shift; \
	   echo; echo "const struct builtin_rule $$name[] = {"; \
	   for file; do \
	       printf '{"%s",\n' "$$file"; \
	       sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/"&\\n"/' "$$file"; \
	       echo '},'; \
	   done; \
	   echo '{NULL, NULL}};'; }; \
	 { echo '#include "rules/builtin.h"'; echo; \
	   echo '#include <stddef.h>'; \
	   table builtin_rules $(CATALOGUE); \
	   table builtin_explanations $(EXPLAINED); } > $@

# So do the parts of completions that are the same whatever the program's tables hold.
$(BUILD)/completion_scripts.c: $(SHELLS:%=analyzer/command/completion.%) Makefile
	@mkdir -p $(@D)
	@{ echo '#include "analyzer/command/completion.h"'; \
	   for shell in $(SHELLS); do \
	       echo; echo "const char completion_script_$$shell[] ="; \
	       sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/"&\\n"/' \
	           analyzer/command/completion.$$shell; \
	       echo ';'; \
	   done; } > $@

# The style of the HTML report becomes text in the same way.
$(BUILD)/html_style.c: analyzer/report/html_style.css Makefile
	@mkdir -p $(@D)
	@{ echo '#include "analyzer/report/html_style.h"'; echo; \
	   echo 'const char html_style[] ='; \
	   sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/"&\\n"/' $<; echo ';'; } > $@

# Every x_test.c provides x_suite(); one program runs them all.
$(BUILD)/test_main.c: $(TEST_C) Makefile
	@mkdir -p $(@D)
	@{ echo '#include <check.h>'; echo '#include <stdlib.h>'; echo; \
	   for name in $(sort $(notdir $(TEST_C:_test.c=))); do echo "Suite *$${name}_suite(void);"; \
	   done; echo; \
	   echo 'int'; echo 'main(void)'; echo '{'; \
	   echo '	SRunner *runner = srunner_create(NULL);'; echo '	int failed;'; echo; \
	   for name in $(sort $(notdir $(TEST_C:_test.c=))); do \
	       echo "	srunner_add_suite(runner, $${name}_suite());"; done; \
	   echo '	srunner_run_all(runner, CK_ENV);'; \
	   echo '	failed = srunner_ntests_failed(runner);'; \
	   echo '	srunner_free(runner);'; \
	   echo '	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;'; echo '}'; } > $@

$(BUILD)/unit_tests: $(BUILD)/test_main.o $(TEST_C:%.c=$(BUILD)/%.o) $(OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) $(shell pkg-config --libs check)

# What our decoders read, for the comparison with tshark.
$(BUILD)/observe: $(OBSERVE_C:%.c=$(BUILD)/%.o) $(OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Captures made to fill memory or to take long.
$(BUILD)/flood: $(FLOOD_C:%.c=$(BUILD)/%.o)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

# libpcap and nothing else, for the benchmarks.
$(BUILD)/loop: fixtures/bench/loop.c
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CPPFLAGS) -std=c11 $(WARNINGS) -O2 -g $(WERROR) -o $@ $< -lpcap

# Captures damaged in every way. Its heap is counted.
$(BUILD)/mutations: $(MUTATE_C:%.c=$(BUILD)/%.o) $(OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -Wl,--wrap=calloc,--wrap=realloc,--wrap=free -o $@ $^ $(LDLIBS)
$(BUILD)/fixtures/hostile/printed.o: CPPFLAGS += $(XML_FLAGS)

# What makes calls of the system fail, to be preloaded.
$(BUILD)/faults.so: fixtures/hostile/faults.c
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CPPFLAGS) -std=c11 $(WARNINGS) -O2 -g $(WERROR) -fPIC -shared -o $@ $<

-include $(ALL_C:%.c=$(BUILD)/%.d) $(OBSERVE_C:%.c=$(BUILD)/%.d) $(FLOOD_C:%.c=$(BUILD)/%.d) \
         $(MUTATE_C:%.c=$(BUILD)/%.d) $(patsubst %.c,$(BUILD)/%.d,$(wildcard fixtures/fuzz/*.c))

# ---- tests ----

# What fuzzing found worth keeping.
KEPT := fixtures/fuzz/corpus fixtures/fuzz/crashes
# Captures of other projects, where they lie beside this one.
FOREIGN := $(wildcard ../shared/captures)

.PHONY: check test test-browser test-sanitized test-threaded layers golden corpus docs docs-check
.PHONY: floods complexity mutations faults bench
check: deps-test
	@$(MAKE) --no-print-directory test

# The tests, each of which can also be had alone: make test-cli. They do not disturb one another, so
# that make -j2 -Otarget runs two at once; those that take longest come first.
PROGRAM         := $(BUILD)/smbtriage
test-extract     = fixtures/extract_check $(PROGRAM)
test-unit        = CK_VERBOSITY=minimal CK_DEFAULT_TIMEOUT=120 $(BUILD)/unit_tests
test-faults      = fixtures/hostile/faults_check $(PROGRAM) $(BUILD)/faults.so --every 40
test-golden      = fixtures/golden --check $(PROGRAM)
test-variants    = fixtures/variants/check $(PROGRAM)
test-complexity  = fixtures/hostile/complexity $(PROGRAM) $(BUILD)/flood --small
test-injection   = fixtures/hostile/injection_check $(PROGRAM)
test-completion  = fixtures/completion_check $(PROGRAM)
test-progress    = fixtures/progress_check $(PROGRAM)
test-cli         = fixtures/cli_test $(PROGRAM)
test-floods      = fixtures/hostile/floods $(PROGRAM) $(BUILD)/flood --small
test-mutations   = $(BUILD)/mutations --every 20
test-deb         = fixtures/install_check && fixtures/deb_check $(PROGRAM)
test-ring        = fixtures/ring_check $(PROGRAM) fixtures/captures $(FOREIGN)
test-compare     = fixtures/compare_check $(PROGRAM) fixtures/captures $(FOREIGN)
test-evidence    = fixtures/evidence_check $(PROGRAM) fixtures/captures fixtures/evidence
test-filters     = fixtures/filters_check $(PROGRAM)
test-sandbox     = fixtures/sandbox_check $(PROGRAM)
test-jobs        = fixtures/jobs_check $(PROGRAM) $(BUILD)/flood fixtures/captures $(FOREIGN)
test-schema      = fixtures/schema_check $(PROGRAM)
test-html        = fixtures/html_check $(PROGRAM)
test-junit       = fixtures/junit_check $(PROGRAM)
test-sarif       = fixtures/sarif_check $(PROGRAM)
test-markdown    = fixtures/markdown_check $(PROGRAM) fixtures/captures
test-formats     = fixtures/formats/check --check $(PROGRAM)
test-tshark      = $(foreach captures,fixtures/captures $(FOREIGN), \
                     fixtures/corpus/compare $(PROGRAM) $(captures) &&) true
test-lab         = fixtures/lab/promises
# What the fuzz targets say goes to a file: a line for each of thousands of inputs.
test-kept        = $(BUILD)/replay $(KEPT) 2>$(BUILD)/replay.log || { tail $(BUILD)/replay.log; exit 1; }
TESTS := tshark extract unit faults ring compare evidence golden variants complexity injection completion progress cli \
         jobs floods mutations deb filters sandbox schema html junit sarif markdown formats lab kept
# Under sanitizers (SANITIZE=1) those that depend on the flavour, in one process each, as a sanitizer
# takes long to start.
TESTS_SANITIZED := unit cli golden formats variants kept mutations foreign
test-foreign     = $(if $(FOREIGN),$(PROGRAM) $(FOREIGN) >/dev/null 2>&1 || [ $$? = 2 ],true)
ifdef SANITIZE
test-unit       := CK_FORK=no CK_VERBOSITY=minimal $(BUILD)/unit_tests
test-mutations  := $(BUILD)/mutations --every 100
endif

# Under the thread sanitizer (THREAD=1), which ends what races with 66: several threads, over every
# capture, over several at a time, and where what is in use hangs on who reads ahead.
TESTS_THREADED := threads jobs
ifdef THREAD
test-threads    = for suite in crew ring feed ahead; do \
                      CK_RUN_SUITE=$$suite CK_FORK=no CK_VERBOSITY=minimal $(BUILD)/unit_tests || exit 1; done
test-jobs      := TSAN_OPTIONS=atexit_sleep_ms=0 fixtures/jobs_check --quick $(PROGRAM) $(BUILD)/flood fixtures/captures
endif
.PHONY: $(TESTS:%=test-%) test-foreign test-threads
test: layers docs-check $(TESTS:%=test-%)
test-sanitized: $(TESTS_SANITIZED:%=test-%)
test-threaded: $(TESTS_THREADED:%=test-%)

NEEDED := $(PROGRAM) $(BUILD)/unit_tests $(if $(THREAD),$(BUILD)/flood,$(BUILD)/replay $(BUILD)/mutations \
          $(if $(SANITIZE),,$(BUILD)/observe $(BUILD)/flood $(BUILD)/faults.so))
$(TESTS:%=test-%) test-foreign test-threads: test-%: $(NEEDED)
	$(test-$*)

# The HTML report in Chromium, with pictures of it for a person to look at.
test-browser: $(BUILD)/smbtriage
	fixtures/html_browser $(BUILD)/smbtriage $(BUILD)/html

# The memory that captures made to fill it take, at the size of the issue; test has a fiftieth.
floods: $(BUILD)/smbtriage $(BUILD)/flood
	fixtures/hostile/floods $(BUILD)/smbtriage $(BUILD)/flood

# Beside other tools, in one run; it takes most of an hour. BENCHMARKS.md is written by it alone.
# make bench [ROUNDS=N] [TSHARK_ROUNDS=N] [LOADS='bulk syn']
bench: deps-bench
	@$(MAKE) --no-print-directory $(BUILD)/smbtriage $(BUILD)/flood $(BUILD)/loop
	fixtures/bench/bench $(BUILD) $(ROUNDS:%=--rounds %) $(TSHARK_ROUNDS:%=--tshark-rounds %) $(if $(LOADS),$(LOADS),--write BENCHMARKS.md)

# What hostile bytes cost against ordinary ones, by instruction.
complexity: $(BUILD)/smbtriage $(BUILD)/flood
	fixtures/hostile/complexity $(BUILD)/smbtriage $(BUILD)/flood

# Who may include whom.
layers:
	@fixtures/layers

# Rewrites the expectations of the fixtures; the difference is for a person to read.
golden: $(BUILD)/smbtriage
	fixtures/golden --write $(BUILD)/smbtriage
	fixtures/formats/check --write $(BUILD)/smbtriage
	@git --no-pager diff --stat -- fixtures/expected fixtures/formats

# Compares with tshark and libpcap over any folder of captures: make corpus CORPUS=DIR
corpus: $(BUILD)/smbtriage $(BUILD)/observe
	fixtures/corpus/compare $(BUILD)/smbtriage $(CORPUS)

# Every capture damaged in every way: make mutations [SEEDS=N] [SANITIZE=1]
mutations: $(BUILD)/mutations
	$(BUILD)/mutations $(SEEDS:%=--seeds %)

# Every call of the system that can fail, and every place that allocates: not with SANITIZE=1.
faults: $(BUILD)/smbtriage $(BUILD)/faults.so
	fixtures/hostile/faults_check $^

# Rewrites what the documentation takes from the program.
docs: $(BUILD)/smbtriage
	fixtures/docs --write $(BUILD)/smbtriage

docs-check: $(BUILD)/smbtriage
	mandoc -T lint -W warning analyzer/smbtriage.1
	fixtures/docs --check $(BUILD)/smbtriage
	fixtures/manual_check $(BUILD)/smbtriage

# ---- fuzzing ----

# Seconds for each target.
TIME ?= 60

.PHONY: fuzz fuzz-targets fuzz-minimise fuzz-coverage
fuzz:
	@$(MAKE) --no-print-directory FUZZ=1 fuzz-targets
	fixtures/fuzz/run $(TIME) $(FUZZ_TARGETS)

# Brings what was found since back into the corpus, as small as it can be.
fuzz-minimise:
	@$(MAKE) --no-print-directory FUZZ=1 fuzz-targets
	fixtures/fuzz/minimise $(FUZZ_TARGETS)

# How much of the dissectors and readers fuzzing reaches, and how much all tests together do.
fuzz-coverage:
	@$(MAKE) --no-print-directory COVERAGE=1 coverage-programs
	fixtures/fuzz/coverage build/coverage

.PHONY: coverage-programs
coverage-programs: $(BUILD)/unit_tests $(BUILD)/smbtriage $(BUILD)/replay

fuzz-targets: $(FUZZ_TARGETS:%=$(BUILD)/fuzz_%) $(BUILD)/seeds

FUZZ_O := $(FUZZ_COMMON:%.c=$(BUILD)/%.o)
$(BUILD)/fuzz_%: $(BUILD)/fixtures/fuzz/%.o $(FUZZ_O) $(OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(LDLIBS)

SEEDS_C := $(addprefix fixtures/fuzz/,seeds.c seeds_made.c sample.c)
$(BUILD)/seeds: $(SEEDS_C:%.c=$(BUILD)/%.o) $(OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Where it is not libFuzzer that calls the targets they are one program, each under its own name.
ifndef FUZZ
$(FUZZ_C:%.c=$(BUILD)/%.o): CPPFLAGS += -DLLVMFuzzerTestOneInput=fuzz_$(basename $(@F))
endif

$(BUILD)/replay_table.c: $(FUZZ_C) Makefile
	@mkdir -p $(@D)
	@{ echo '#include "fixtures/fuzz/fuzz.h"'; echo; \
	   for name in $(FUZZ_TARGETS); do echo "int fuzz_$$name(const uint8_t *bytes, size_t length);"; \
	   done; echo; \
	   echo 'const struct fuzz_target fuzz_targets[] = {'; \
	   for name in $(FUZZ_TARGETS); do echo "    {\"$$name\", fuzz_$$name},"; done; \
	   echo '};'; \
	   echo 'const size_t fuzz_target_count = sizeof(fuzz_targets) / sizeof(fuzz_targets[0]);'; } > $@

$(BUILD)/replay: $(BUILD)/fixtures/fuzz/replay.o $(BUILD)/replay_table.o $(FUZZ_C:%.c=$(BUILD)/%.o) \
                 $(FUZZ_O) $(OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

.SECONDARY: $(patsubst %.c,$(BUILD)/%.o,$(wildcard fixtures/fuzz/*.c))

# ---- for people ----

.PHONY: demo help install uninstall deb clean format lab
demo: deps
	@$(MAKE) --no-print-directory all
	$(BUILD)/smbtriage fixtures/captures/incident-demo.pcapng

help:
	@sed -n 's/^#   //p' Makefile
	@echo 'make floods   what memory captures made to fill it take, at full size'
	@echo 'make bench    how fast it is, beside cat, libpcap and tshark (most of an hour)'
	@echo 'make complexity   what hostile bytes cost, by instruction (valgrind)'
	@echo 'make test-NAME   one of the tests: '$(foreach test,$(TESTS),$(test))
	@echo 'make test-browser   look at the HTML report in Chromium'
	@echo 'make golden   rewrite the expectations of the fixtures'
	@echo 'make corpus CORPUS=DIR   compare with tshark and libpcap over captures of your own'
	@echo 'make faults      make every call of the system fail, and see what is said'
	@echo 'make mutations   damage every capture in every way and see that the program stands it'
	@echo 'make lab [SCENARIO=NAME]   make the captures anew (root)'
	@echo 'make fuzz [TIME=SECONDS]   run each fuzz target for so long (clang)'
	@echo 'make fuzz-minimise | fuzz-coverage   keep what fuzzing found; what it reaches'
	@echo 'make docs     rewrite what the documentation takes from the program'
	@echo 'make layers | format | install | uninstall | deb | clean | deps'

# What is installed: mode, file, and its name below PREFIX.
ZSH_FUNCTIONS ?= share/zsh/site-functions
INSTALLED = 755:$(BUILD)/smbtriage:bin/smbtriage \
            644:analyzer/smbtriage.1:share/man/man1/smbtriage.1 \
            644:$(BUILD)/completion.bash:share/bash-completion/completions/smbtriage \
            644:$(BUILD)/completion.zsh:$(ZSH_FUNCTIONS)/_smbtriage \
            644:$(BUILD)/completion.fish:share/fish/vendor_completions.d/smbtriage.fish \
            644:analyzer/report/ndjson.schema.json:share/smbtriage/ndjson.schema.json \
            644:README.md:share/doc/smbtriage/README.md \
            644:COPYING:share/doc/smbtriage/COPYING
# Folders that are ours alone.
INSTALLED_FOLDERS = share/smbtriage share/doc/smbtriage

$(BUILD)/completion.%: $(BUILD)/smbtriage
	$(Q)$< completion $* > $@.new && mv $@.new $@

install: all $(SHELLS:%=$(BUILD)/completion.%)
	@IFS=:; for row in $(INSTALLED); do \
	    set -- $$row; \
	    echo "$(DESTDIR)$(PREFIX)/$$3"; \
	    install -D -m "$$1" "$$2" "$(DESTDIR)$(PREFIX)/$$3" || exit; \
	done

uninstall:
	@IFS=:; for row in $(INSTALLED); do \
	    set -- $$row; \
	    rm -f "$(DESTDIR)$(PREFIX)/$$3" || exit; \
	done; \
	for folder in $(INSTALLED_FOLDERS); do \
	    rmdir --ignore-fail-on-non-empty "$(DESTDIR)$(PREFIX)/$$folder" 2>/dev/null || true; \
	done

# A Debian package of the same. It needs dpkg-dev.
DEB = build/smbtriage_$(VERSION)_$(shell dpkg --print-architecture).deb
deb: all $(SHELLS:%=$(BUILD)/completion.%)
	+@packaging/deb $(VERSION) $(DEB)

clean:
	rm -rf build

format:
	clang-format -i $(wildcard $(ROOMS:%=%/*.[ch]))

lab: deps-lab
	fixtures/lab/run $(SCENARIO)

# ---- what is missing, and only that ----

SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

# $(call install_missing,PACKAGES): asks apt only when something is missing.
define install_missing
	@missing=''; \
	for package in $(1); do \
	    dpkg-query -W -f='$${Status}' "$$package" 2>/dev/null | grep -q 'ok installed' || \
	        missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	    echo "installing:$$missing"; \
	    $(SUDO) apt-get update -qq && \
	    $(SUDO) env DEBIAN_FRONTEND=noninteractive \
	        apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi
endef

.PHONY: deps deps-test deps-ci deps-lab deps-bench
deps:
	$(call install_missing,$(BUILD_PACKAGES))
deps-test:
	$(call install_missing,$(BUILD_PACKAGES) $(TEST_PACKAGES))
deps-bench:
	$(call install_missing,$(BUILD_PACKAGES) $(BENCH_PACKAGES))
deps-ci:
	$(call install_missing,$(BUILD_PACKAGES) $(TEST_PACKAGES) $(CI_PACKAGES))
# The lab starts its own daemons; those of the packages must not start by themselves.
POLICY := /usr/sbin/policy-rc.d
deps-lab:
	@[ -e $(POLICY) ] || { printf '#!/bin/sh\nexit 101\n# lab\n' | $(SUDO) tee $(POLICY) >/dev/null; \
	    $(SUDO) chmod 755 $(POLICY); }
	$(call install_missing,$(LAB_PACKAGES))
	@! grep -qx '# lab' $(POLICY) || $(SUDO) rm $(POLICY)

# Rialto. `make run` and `make test` are all a newcomer needs; README.md lists the rest.
BUILD   ?= build
ifeq ($(origin CC),default)
CC      := gcc
endif
MODE    ?= release
PACK    ?= telecom
LISTEN  ?= 127.0.0.1:8080
HOME_DIR ?= ./rialto-home

PKGS    := libmicrohttpd sqlite3 libpq libsodium jansson libcurl libcmark libutf8proc glib-2.0 libseccomp zlib libmagic
WARN    := -Wall -Wextra -Wconversion -Wshadow -Wvla -Wswitch-enum -Wstrict-prototypes -Wmissing-prototypes -Werror
CFLAGS.release := -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2
CFLAGS.san     := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
CFLAGS.tsan    := -O1 -g -fsanitize=thread
CFLAGS.fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
CFLAGS.cover   := -O0 -g --coverage -fprofile-update=atomic
GEN     := $(BUILD)/gen
CPPFLAGS := -std=gnu11 -D_GNU_SOURCE -Isrc -Iapp -I$(GEN) $(shell pkg-config --cflags $(PKGS) libxml-2.0 2>/dev/null | sed 's/-I/-isystem /g')
CFLAGS  := $(CFLAGS.$(MODE)) $(WARN) -MMD -MP
LDFLAGS := $(CFLAGS.$(MODE)) -rdynamic -Wl,-z,relro,-z,now
LDLIBS  := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lcsv -lpthread -lm -ldl
ifeq ($(MODE),release)
GENCC   := $(CC) -O1 -g
else
GENCC   := gcc -O1 -g
endif

SQL     := $(wildcard src/*/*.sql app/*/*.sql)
HTML    := $(wildcard app/*/*.html src/*/*.html)
HAND    := $(filter-out %_test.c,$(wildcard src/*/*.c app/*/*.c))
WORDS   := $(HAND) $(wildcard src/*/*.h app/*/*.h) src/base/errors.def src/web/who.def $(wildcard app/*/*.def)
TESTS   := $(wildcard src/*/*_test.c app/*/*_test.c)
MIGRATIONS := $(sort $(wildcard db/migrations/*.sql))
DATA    := $(sort $(shell find static packs -type f ! -name '*.md' ! -path '*/import/*.csv' 2>/dev/null))

GENERATED := $(GEN)/.made
GENSRC  := $(patsubst src/%.sql,$(GEN)/sql/%.c,$(notdir $(SQL)))
OBJ     := $(HAND:%.c=$(BUILD)/%.o)

.SECONDARY:
.PHONY: all deps run dev test check-san check-tsan fuzz tidy bench cover clean layers generators-test
all: $(BUILD)/rialto

deps:
	@tools/deps

# ---- generators and what they make (into $(GEN), never committed)
$(BUILD)/tools/%: tools/%.c $(wildcard tools/*.c tools/*.h) src/base/ids.def src/base/kind.h src/web/who.def src/web/rate.def
	@mkdir -p $(@D)
	@echo cc $@
	@$(GENCC) -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -Isrc -Itools -o $@ $< $(wildcard tools/$**_*.c) tools/gen.c

$(GENERATED): $(addprefix $(BUILD)/tools/,sqlgen tplgen routegen msggen) $(SQL) $(HTML) app/routes $(WORDS) \
              i18n/de.po $(MIGRATIONS) $(DATA) tools/embed
	@mkdir -p $(GEN)/sql $(GEN)/tpl
	@$(BUILD)/tools/msggen $(GEN) i18n/de.po $(HTML) $(WORDS)
	@$(BUILD)/tools/tplgen $(GEN) $(HTML) $(SQL)
	@$(BUILD)/tools/sqlgen $(GEN) $(SQL)
	@$(BUILD)/tools/routegen $(GEN) $(SQL) $(HTML) app/routes
	@cd $(GEN); for f in tpl/*.c sql/*.c; do case " all $(notdir $(basename $(HTML) $(SQL))) " in *" $$(basename $$f .c) "*) ;; *) rm -f $$f ;; esac; done # of a source that is gone
	@tools/embed migrations $(GEN)/migrations.c $(MIGRATIONS)
	@tools/embed files $(GEN)/embedded.S $(GEN)/embedded.c $(DATA)
	@touch $@

# Their times are looked at after the generators ran, not before; they are written only when they change.
$(GEN)/%.h: $(GENERATED) ;

$(BUILD)/gen.a: $(GENERATED)
	@$(MAKE) --no-print-directory -f tools/generated.mk BUILD=$(BUILD) GEN=$(GEN) CC="$(CC)" \
		CPPFLAGS="$(CPPFLAGS)" CFLAGS="$(CFLAGS)"

$(BUILD)/%.o: %.c | $(GENERATED)
	@mkdir -p $(@D)
	@echo cc $<
	@$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/rialto: $(OBJ) $(BUILD)/gen.a
	@echo link $@
	@$(CC) $(LDFLAGS) -o $@ $(OBJ) $(BUILD)/gen.a $(LDLIBS)

# ---- unit tests: one program for each NAME_test.c, with what it needs of all the rest
$(BUILD)/rialto.a: $(filter-out $(BUILD)/src/main/main.o,$(OBJ))
	@rm -f $@
	@ar rcs $@ $^

$(BUILD)/%_test: $(BUILD)/%_test.o $(BUILD)/rialto.a $(BUILD)/gen.a
	@echo link $@
	@$(CC) $(LDFLAGS) -o $@ $< -Wl,--start-group $(BUILD)/rialto.a $(BUILD)/gen.a -Wl,--end-group $(LDLIBS) -lcmocka

run: deps
	@$(MAKE) --no-print-directory -j$$(nproc) all
	$(BUILD)/rialto demo --pack $(PACK) --home $(HOME_DIR) --listen $(LISTEN)

dev:
	@tools/deps build dev && tools/dev

test:
	@tools/deps build test
	@$(MAKE) --no-print-directory -j$$(nproc) all unit-tests
	@tests/run

.PHONY: unit-tests
unit-tests: $(TESTS:%.c=$(BUILD)/%)

check-san:
	@tools/deps build test && $(MAKE) --no-print-directory -j$$(nproc) BUILD=build/san MODE=san all unit-tests && tests/run --build build/san

check-tsan:
	@tools/deps build test && $(MAKE) --no-print-directory -j$$(nproc) BUILD=build/tsan MODE=tsan all unit-tests && tests/run --build build/tsan

fuzz:
	@tools/deps build fuzz && fuzz/run $(or $(SECONDS),60)

tidy:
	@tools/deps build tidy && tools/tidy

bench:
	@tools/deps build bench && $(MAKE) --no-print-directory -j$$(nproc) all && bench/run

cover:
	@tools/deps build test cover && $(MAKE) --no-print-directory -j$$(nproc) BUILD=build/cover MODE=cover all unit-tests && \
		tests/run --build build/cover && gcovr -r . build/cover --exclude '.*_test.c' --exclude '.*/gen/.*' --print-summary

clean:
	rm -rf build

-include $(OBJ:.o=.d) $(TESTS:%.c=$(BUILD)/%.d)

# Builds what the generators made; called by the Makefile once they ran, when the list of files is known.
SRC := $(wildcard $(GEN)/*.c $(GEN)/sql/*.c $(GEN)/tpl/*.c)
OBJ := $(SRC:.c=.o) $(GEN)/embedded_bytes.o

$(BUILD)/gen.a: $(OBJ)
	@rm -f $@
	@ar rcs $@ $(OBJ)

%.o: %.c
	@echo cc $<
	@$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(GEN)/embedded_bytes.o: $(GEN)/embedded.S
	@$(CC) -c -o $@ $<

-include $(OBJ:.o=.d)

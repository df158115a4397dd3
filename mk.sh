cd /tmp/slim
F="-std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -O1 -g -Isrc -Itools"
for g in ${*:-sqlgen routegen tplgen msggen}; do ${CC:-gcc} $F -o build/tools/$g tools/$g.c $(ls tools/${g}_*.c 2>/dev/null) tools/gen.c || exit 1; done

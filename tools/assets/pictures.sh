#!/bin/sh
# Draws the packs' example pictures from img/*.svg (invented people and firms, drawn for Rialto).
# Needs rsvg-convert (librsvg2-bin) and cwebp (webp).
#   tools/assets/pictures.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
packs=$here/../../packs
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# webp PACK WIDTH QUALITY NAME...
webp() {
    pack=$1 width=$2 quality=$3
    shift 3
    mkdir -p "$packs/$pack/img"
    for name; do
        rsvg-convert -w "$width" "$here/img/$name.svg" -o "$tmp/$name.png"
        cwebp -quiet -q "$quality" -m 6 "$tmp/$name.png" -o "$packs/$pack/img/$name.webp"
    done
}
# logo PACK NAME: transparent ground, sharp at 8 times its usual size
logo() {
    mkdir -p "$packs/$1/img"
    rsvg-convert -h 288 "$here/img/logo-$2.svg" -o "$packs/$1/img/logo-$2.png"
}
webp telecom 512 80 daniel helena jonas kofi priya ruth
webp telecom 1280 72 photo-train
webp insurance 512 80 ines jonas marta tomas
webp banking 512 80 anna ruth tomas
logo telecom xyz
logo insurance harbour
logo banking savings

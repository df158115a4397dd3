#!/bin/sh
# Re-creates what static/ takes from npm: static/vendor, the map and the city list. Versions and their
# checksums are pinned in package-lock.json; no package script runs.
#   tools/assets/vendor.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
static=$here/../../static
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$here"/*.mjs "$tmp"
(cd "$tmp" && npm ci --no-audit --no-fund)

# keep PACKAGE DIR FILE...: the files of one package, flat, in static/vendor/DIR
keep() {
    from=$tmp/node_modules/$1 to=$static/vendor/$2
    shift 2
    mkdir -p "$to"
    for file; do
        cp "$from/$file" "$to/"
        chmod 644 "$to/$(basename "$file")"
    done
}
find "$static/vendor" -mindepth 1 -maxdepth 1 -type d -exec rm -r {} +
keep leaflet leaflet-1.9.4 dist/leaflet.js dist/leaflet.css LICENSE
keep leaflet.markercluster leaflet.markercluster-1.5.3 dist/leaflet.markercluster.js dist/MarkerCluster.css MIT-LICENCE.txt
keep leaflet.heat leaflet.heat-0.2.0 dist/leaflet-heat.js LICENSE
keep @fontsource-variable/inter inter-5.3.0 files/inter-latin-wght-normal.woff2 files/inter-latin-ext-wght-normal.woff2 LICENSE
mv "$static/vendor/leaflet.markercluster-1.5.3/MIT-LICENCE.txt" "$static/vendor/leaflet.markercluster-1.5.3/LICENSE"
# their rules as one sheet in the lowest layer, so that the look wins; not by @import, which tools that read styles stumble over
{
    echo '/* Leaflet 1.9.4 (BSD-2) and Leaflet.markercluster 1.5.3 (MIT), in a layer. Made by tools/assets/vendor.sh. */'
    echo '@layer vendor {'
    sed -e '/url(images\//d' -e '/url(#default#VML)/d' "$static/vendor/leaflet-1.9.4/leaflet.css" "$static/vendor/leaflet.markercluster-1.5.3/MarkerCluster.css"
    echo '}'
} > "$static/vendor/map.css"
rm "$static/vendor/leaflet-1.9.4/leaflet.css" "$static/vendor/leaflet.markercluster-1.5.3/MarkerCluster.css"
# the source maps are not kept: a browser's developer tools would ask for them in vain
sed -i '/^\/\/# sourceMappingURL=/d' "$static"/vendor/*/*.js

mkdir -p "$static/map"
cd "$tmp"
node land.mjs > "$static/map/land.json"
node places.mjs "$static/map"
node cities.mjs > "$static/cities.tsv"

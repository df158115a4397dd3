// Writes static/map/land.json from world-atlas: the land once, and the borders between countries as lines, so that no
// border is stored twice. Whole hundredths of a degree; every ring is [x, y, dx, dy, dx, dy, ...].
//   {"land": [[ring, hole, ...], ...], "borders": [line, ...]}
import { createRequire } from "node:module";
import { mesh, merge } from "topojson-client";

const SCALE = 100;
const world = createRequire(import.meta.url)("world-atlas/countries-50m.json");

const countries = world.objects.countries;

/** A line that crosses 180 degrees goes on beyond it instead of jumping round the world. */
function unwrap(line) {
  let turn = 0;
  return line.map(([lon, lat], i) => {
    if (i) turn -= 360 * Math.round((lon - line[i - 1][0]) / 360);
    return [lon + turn, lat];
  });
}

/** A ring that goes once round the world, Antarctica's, is closed along the pole. */
function close(ring) {
  const [first, last] = [ring[0][0], ring.at(-1)[0]];
  return Math.abs(last - first) < 180 ? ring : [...ring, [last, -90], [first, -90], ring[0]];
}

/** What reaches beyond 180 degrees is drawn on the other side as well. */
function both(lines) {
  const shift = (by) => lines.map((line) => line.map(([lon, lat]) => [lon + by, lat]));
  const lons = lines[0].map(([lon]) => lon).filter((lon) => Math.abs(lon) > 180);
  return lons.length ? [lines, shift(lons[0] > 0 ? -360 : 360)] : [lines];
}

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
  .flatMap((polygon) => both(polygon.map(unwrap).map(close)))
  .map((polygon) => polygon.map(pack).filter((ring) => ring.length >= 8))
  .filter((polygon) => polygon.length);
const borders = mesh(world, countries, (a, b) => a !== b).coordinates
  .map((line) => pack(unwrap(line)))
  .filter((line) => line.length >= 4);

process.stdout.write(JSON.stringify({ land, borders }) + "\n");

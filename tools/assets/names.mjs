// GeoNames has one name a place; where it is not the one that most people there use, ours stands in its place.
const usual = new Map(Object.entries({
  "Gaillimh": "Galway", "Luimneach": "Limerick", "Loch Garman": "Wexford", "Droichead Nua": "Newbridge", "Cluain Meala": "Clonmel",
  "An Muileann gCearr": "Mullingar",
}));
export const nameOf = (city) => usual.get(city.name) ?? city.name;

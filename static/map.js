/* Maps: Leaflet with our colours and an offline base map. Every <div data-map> becomes one. It has no words of its own:
   sentences come from data-say-* attributes, so that the server translates them. The attributes are listed in README.md.
   A map is never the only way: the list beside it shows the same. */
(() => {
  "use strict";
  const here = new URL(".", document.currentScript.src);
  const lang = document.documentElement.lang || undefined;
  const whole = new Intl.NumberFormat(lang), short = new Intl.NumberFormat(lang, { notation: "compact", maximumFractionDigits: 1 });
  const number = (n) => (n < 10000 ? whole : short).format(n); // as it fits into a circle
  const fill = (text, values) => (text ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

  const files = {}; // path -> promise of its JSON: several maps on a page share one base map
  const getFile = (path) => (files[path] ??= fetch(new URL(path, here)).then((answer) => answer.json()));

  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS(svg.namespaceURI, "use");
    svg.classList.add("icon");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", new URL("icons.svg", here).pathname + "#i-" + name);
    svg.append(use);
    return svg;
  }

  function element(name, className, ...children) {
    const el = document.createElement(name);
    if (className) el.className = className;
    el.append(...children);
    return el;
  }

  /** A marker's icon that has a name for those who do not see it. Its size and place are in the stylesheet. */
  const Pin = L.DivIcon.extend({
    options: { iconSize: null },
    createIcon(old) {
      const el = L.DivIcon.prototype.createIcon.call(this, old);
      if (this.options.label) el.setAttribute("aria-label", this.options.label);
      return el;
    },
  });

  /** A circle with a number; its size grows with the number, not as fast. */
  function countPin(n, label) {
    const size = Math.min(4, Math.floor(Math.log10(Math.max(1, n)) * 1.5));
    return new Pin({ className: `m-pin m-pin-${size}`, html: element("span", "", number(n)), label, popupAnchor: [0, -20 - 4 * size] });
  }

  /* ------------------------------------------------------------- base map */

  /** One stored line, [x, y, dx, dy, ...] in hundredths of a degree, as Leaflet wants it. */
  function unpack(line) {
    const out = new Array(line.length / 2);
    for (let i = 0, x = 0, y = 0; i < out.length; i++) {
      x += line[2 * i];
      y += line[2 * i + 1];
      out[i] = [y / 100, x / 100];
    }
    return out;
  }

  async function drawLand(map) {
    const pane = map.createPane("land");
    pane.setAttribute("aria-hidden", "true");
    const renderer = L.svg({ pane: "land", padding: 0.4 });
    const style = (className) => ({ renderer, pane: "land", className, interactive: false, smoothFactor: 1.2 });
    const { land, borders } = await getFile("map/land.json");
    for (const polygon of land) L.polygon(polygon.map(unpack), style("m-land")).addTo(map);
    L.polyline(borders.map(unpack), style("m-border")).addTo(map);
  }

  /** Names of places: as many as there is room for at this zoom, which places.json has worked out. */
  async function drawNames(map) {
    const pane = map.createPane("names");
    pane.setAttribute("aria-hidden", "true");
    const shown = new Map();
    let places = await getFile("map/places.json"), near = null;
    const draw = () => {
      if (map.getZoom() >= 7) near ??= getFile("map/places-near.json").then((more) => { places = [...places, ...more]; draw(); });
      const view = map.getBounds().pad(0.1), zoom = map.getZoom(), keep = new Set();
      for (const place of places) {
        const [name, lat, lon, first] = place;
        if (first > zoom || keep.size === 80) break; // the most important come first
        if (!view.contains([lat, lon])) continue;
        const className = `m-place${first <= zoom - 3 ? " m-place-large" : ""}`;
        const key = name + lat + className;
        keep.add(key);
        if (shown.has(key)) continue;
        shown.set(key, L.marker([lat, lon], {
          pane: "names", interactive: false, keyboard: false,
          icon: new Pin({ className, html: element("span", "", name) }),
        }).addTo(map));
      }
      for (const [key, label] of shown) if (!keep.has(key)) { label.remove(); shown.delete(key); }
    };
    map.on("moveend", draw);
    draw();
  }

  /* ----------------------------------------------------- reports on a map */

  /** What opens at a report: its title as a link, how many say so, its state. */
  function popupOf(point, say) {
    const link = element("a", "", point.title);
    link.href = point.url;
    const facts = element("p", "meta dots", element("span", "", fill(say.sayVotes, { n: number(point.votes) })));
    const word = JSON.parse(say.states ?? "{}")[point.status];
    if (word) {
      const status = element("span", "status", icon("s-" + point.status), word);
      status.dataset.s = point.status;
      facts.append(status);
    }
    return element("div", "stack stack-s", element("strong", "", link), facts);
  }

  function showReports(map, el, say) {
    const { dataset } = el;
    const clusters = L.markerClusterGroup({
      showCoverageOnHover: false, maxClusterRadius: 74, animate: !calm,
      iconCreateFunction(cluster) {
        const n = cluster.getAllChildMarkers().reduce((sum, marker) => sum + marker.options.votes, 0);
        return countPin(n, fill(dataset.sayCluster, { n: number(n) }));
      },
    }).addTo(map);

    const pointMarker = (point) => L.marker([point.lat, point.lon], {
      votes: point.votes,
      icon: countPin(point.votes, fill(dataset.sayPoint, { title: point.title, n: number(point.votes) })),
    }).bindPopup(() => popupOf(point, dataset), { closeButton: Boolean(dataset.sayClose), minWidth: 260, maxWidth: 320 });

    // a cell stands for reports that are too many to send one by one: it opens by going closer
    const cellMarker = (cell) => L.marker([cell.lat, cell.lon], {
      votes: cell.n, icon: countPin(cell.n, fill(dataset.sayCluster, { n: number(cell.n) })),
    }).on("click keypress", ({ latlng, originalEvent }) => {
      if (originalEvent?.type !== "keypress" || originalEvent.key === "Enter") map.setView(latlng ?? [cell.lat, cell.lon], map.getZoom() + 2);
    });

    let heat;
    const warm = (spots) => {
      const radius = 34, sums = new Map();
      for (const [lat, lon, n] of spots) {
        const at = map.latLngToContainerPoint([lat, lon]).divideBy(radius).floor().toString();
        sums.set(at, (sums.get(at) ?? 0) + n);
      }
      heat ??= L.heatLayer([], { radius, blur: 26, maxZoom: 1, minOpacity: 0.06 }).addTo(map);
      heat.setOptions({ max: 1.2 * Math.max(1, ...sums.values()), gradient: tones(el) }); // the warmest spot of this view
      heat.setLatLngs(spots);
    };

    const markers = new Map(); // by what they show: what stays is not drawn again, and an open popup stays open
    const show = ({ points = [], cells = [], say: sentence = "" }) => {
      const wanted = new Map();
      for (const point of points) wanted.set(JSON.stringify(point), () => pointMarker(point));
      for (const cell of cells) wanted.set(JSON.stringify(cell), () => cellMarker(cell));
      const gone = [...markers.keys()].filter((key) => !wanted.has(key));
      const fresh = [...wanted.keys()].filter((key) => !markers.has(key));
      clusters.removeLayers(gone.map((key) => markers.get(key)));
      gone.forEach((key) => markers.delete(key));
      fresh.forEach((key) => markers.set(key, wanted.get(key)()));
      clusters.addLayers(fresh.map((key) => markers.get(key)));
      if ("heat" in dataset) warm([...points.map((p) => [p.lat, p.lon, p.votes]), ...cells.map((c) => [c.lat, c.lon, c.n])]);
      say(sentence);
    };

    let timer, stop, fitted = Boolean(dataset.lat);
    const load = async () => {
      stop?.abort();
      stop = new AbortController();
      const view = map.getBounds().pad(0.15);
      const url = new URL(dataset.src, location.href);
      const edges = [Math.max(-180, view.getWest()), Math.max(-85, view.getSouth()), Math.min(180, view.getEast()), Math.min(85, view.getNorth())];
      url.searchParams.set("bbox", edges.map((edge) => edge.toFixed(4)).join(","));
      url.searchParams.set("zoom", map.getZoom());
      try {
        const answer = await fetch(url, { signal: stop.signal });
        if (!answer.ok) throw new Error(answer.status);
        show(await answer.json());
        if (!fitted && markers.size) map.fitBounds(clusters.getBounds().pad(0.1), { maxZoom: 12, animate: false });
        fitted = true;
      } catch (error) {
        if (error.name !== "AbortError") say(dataset.sayFailed);
      }
    };
    map.on("moveend", () => { clearTimeout(timer); timer = setTimeout(load, 250); });
    onTheme(() => heat?.setOptions({ gradient: tones(el) }));
    load();
  }

  /** The heat's colour from the stylesheet; how dense it is shows in its opacity. */
  function tones(el) {
    const probe = el.appendChild(element("i", "m-heat-tone"));
    const tone = getComputedStyle(probe).color;
    probe.remove();
    return { 0: tone, 1: tone };
  }

  function onTheme(then) {
    new MutationObserver(then).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", then);
  }

  /* ------------------------------------------------------------- one place */

  const placePin = (at, options) => L.marker(at, { icon: new Pin({ className: "m-drop", html: icon("pin") }), keyboard: false, ...options });

  /** Choosing a place: click, drag, Enter for the middle of the map, or the two fields. */
  function pick(map, el, say) {
    const lat = document.querySelector(el.dataset.latInput), lon = document.querySelector(el.dataset.lonInput);
    let pin;
    const mark = (at) => {
      if (pin) return pin.setLatLng(at);
      pin = placePin(at, { draggable: true, autoPan: true }).addTo(map);
      pin.on("dragend", () => choose(pin.getLatLng()));
    };
    const choose = (at) => {
      at = L.latLng(at).wrap();
      mark(at);
      lat.value = at.lat.toFixed(5);
      lon.value = at.lng.toFixed(5);
      lat.dispatchEvent(new Event("input", { bubbles: true }));
      say(fill(el.dataset.sayPicked, { lat: lat.value, lon: lon.value }));
    };
    const read = () => {
      if (lat.value === "" || lon.value === "" || !lat.validity.valid || !lon.validity.valid) return;
      mark([lat.value, lon.value]);
      map.setView([lat.value, lon.value]);
    };
    map.on("click", ({ latlng }) => choose(latlng));
    el.addEventListener("keydown", (event) => {
      if (event.target !== el || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault(); // neither send the form nor scroll
      choose(map.getCenter());
    });
    for (const field of [lat, lon]) field.addEventListener("change", read);
    read();
    return choose;
  }

  function locate(button, map, el, say, choose) {
    const problems = { 1: "sayDenied", 2: "sayUnavailable", 3: "sayTimeout" };
    const done = (sentence) => { button.removeAttribute("aria-busy"); say(sentence); };
    button.addEventListener("click", () => {
      if (!navigator.geolocation) return say(el.dataset.sayUnavailable);
      button.setAttribute("aria-busy", "true");
      navigator.geolocation.getCurrentPosition(({ coords }) => {
        const at = [coords.latitude, coords.longitude];
        done("");
        map.setView(at, Math.max(13, map.getZoom()));
        choose?.(at);
      }, ({ code }) => done(el.dataset[problems[code]]), { timeout: 10000, maximumAge: 60000 });
    });
  }

  /* ----------------------------------------------------------------- a map */

  function keyboard(map, el) {
    el.addEventListener("keydown", (event) => {
      const marker = event.target.closest(".leaflet-marker-icon[role=button]");
      if (event.key === " " && marker) {
        event.preventDefault();
        // not click(): Leaflet ignores clicks after a drag
        marker.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", keyCode: 13, bubbles: true }));
      } else if (event.key === "Escape") map.closePopup();
    });
    let opener;
    map.on("popupopen", ({ popup }) => {
      opener = popup._source.getElement();
      const box = popup.getElement();
      box.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", el.dataset.sayClose);
      box.querySelector("a").focus({ preventScroll: true });
    });
    map.on("popupclose", ({ popup }) => {
      if (popup.getElement()?.contains(document.activeElement)) opener?.focus({ preventScroll: true });
    });
    // the wheel scrolls the page until someone uses the map
    map.on("focus", () => map.scrollWheelZoom.enable()).on("blur", () => map.scrollWheelZoom.disable());
  }

  function start(el) {
    const { dataset } = el, known = Boolean(dataset.lat);
    const at = known ? [Number(dataset.lat), Number(dataset.lon)] : [25, 10];
    const map = L.map(el, {
      zoomControl: false, attributionControl: false, scrollWheelZoom: false, minZoom: 2, maxZoom: dataset.tiles ? 19 : 16,
      maxBounds: [[-85, -190], [85, 190]], maxBoundsViscosity: 0.8, zoomAnimation: !calm, fadeAnimation: !calm,
    }).setView(at, Number(dataset.zoom) || (known ? 12 : 2));
    const into = document.querySelector(dataset.sayInto);
    const say = (sentence) => { if (into && into.textContent !== sentence) into.textContent = sentence ?? ""; };

    L.control.zoom({
      position: "topright", zoomInText: icon("plus").outerHTML, zoomOutText: icon("minus").outerHTML,
      zoomInTitle: dataset.sayCloser, zoomOutTitle: dataset.sayFarther,
    }).addTo(map);
    if (dataset.attribution)
      L.control.attribution({ prefix: false }).addTo(map).addAttribution(element("span", "", dataset.attribution).innerHTML);
    if (dataset.tiles) L.tileLayer(dataset.tiles, { maxZoom: 19 }).addTo(map);
    else {
      drawLand(map).catch(() => say(dataset.sayFailed));
      drawNames(map).catch(() => {}); // a map without names is still a map
    }
    keyboard(map, el);
    const choose = "pick" in dataset ? pick(map, el, say) : null;
    if ("point" in dataset) placePin(at, { interactive: false }).addTo(map);
    if (dataset.src) showReports(map, el, say);
    for (const button of document.querySelectorAll("[data-locate]"))
      if (document.querySelector(button.dataset.locate) === el) locate(button, map, el, say, choose);
    return map;
  }

  // a map in a closed fold has no size yet: it starts when it is seen, and follows its size from then on
  for (const el of document.querySelectorAll("[data-map]")) {
    let map;
    new ResizeObserver(() => {
      if (!el.offsetWidth) return;
      if (map) map.invalidateSize({ animate: false });
      else map = start(el);
    }).observe(el);
  }
})();

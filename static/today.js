/* The keys of the day's page: j and k go from row to row, s puts the row off, d gives it to a colleague, ? shows them; Enter is the link's own. They are off
   while somebody writes, and where the box says so. The page works without them. */
(() => {
  "use strict";
  const help = document.getElementById("keys");
  const box = help?.querySelector("[data-keys-on]");
  const kept = (which) => { try { return globalThis[which]; } catch { return null; } }; // null: the browser keeps nothing
  const store = kept("localStorage"), session = kept("sessionStorage");
  if (!box) return;

  box.closest("label").hidden = false;
  box.checked = store?.getItem("keys") !== "off";
  box.addEventListener("change", () => store?.setItem("keys", box.checked ? "on" : "off"));

  const links = () => [...document.querySelectorAll("[data-keys] .entry > a")];
  const row = () => document.activeElement?.closest("[data-keys] .entry");

  function go(step) {
    const all = links(), at = all.indexOf(row()?.querySelector(":scope > a"));
    const to = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
    to?.focus();
    to?.scrollIntoView({ block: "nearest" });
  }

  function later() {
    const fold = row()?.querySelector("details");
    if (!fold) return;
    fold.open = true;
    fold.querySelector("button").focus();
  }

  // what is put off leaves the list: on the page that comes next, the one behind it is next
  document.addEventListener("submit", ({ target }) => {
    const link = target.closest("[data-keys] .entry")?.querySelector(":scope > a");
    if (link) session?.setItem("keys-at", links().indexOf(link));
  });
  const at = session?.getItem("keys-at");
  session?.removeItem("keys-at");
  if (at) links()[Math.min(+at, links().length - 1)]?.focus();

  const acts = {
    j: () => go(1),
    k: () => go(-1),
    s: later,
    d: () => { const more = row()?.querySelector("[data-more]"); if (more) location.assign(more.href + "#give"); },
    "?": () => { help.open = true; help.querySelector("summary").focus(); },
  };

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (target.closest?.("textarea, select, [contenteditable], input:not([type=checkbox]), [popover]")) return;
    if (key === "Escape") {
      const fold = row()?.querySelector("details[open]");
      if (!fold) return;
      fold.open = false;
      row().querySelector(":scope > a").focus();
    } else if (box.checked && Object.hasOwn(acts, key)) {
      event.preventDefault();
      acts[key]();
    }
  });
})();

/* Progressive enhancement: every page works without it. No inline code, no dependency, no words of its own: sentences
   come from data-* attributes, so that the server translates them. The attributes are listed in README.md. */
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, from = document) => [...(from.matches?.(selector) ? [from] : []), ...from.querySelectorAll(selector)];
  const numbers = new Intl.NumberFormat(root.lang || undefined);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

  /* ------------------------------------------------------------ fragments */

  async function getPart(url, part, signal) {
    const answer = await fetch(url, { headers: { "X-Fragment": part }, signal });
    if (!answer.ok || answer.redirected) throw new Error(`${url}: ${answer.status}`);
    return answer.text();
  }

  const partOf = (url) => new URL(url, location.href).searchParams.get("part") ?? "";

  /** How to find the focused element again in the new HTML. */
  function focusMark(old) {
    const at = document.activeElement;
    if (!old.contains(at)) return null;
    if (at.id) return "#" + CSS.escape(at.id);
    for (const name of ["name", "href", "data-key"])
      if (at.hasAttribute(name)) return `${at.localName}[${name}="${CSS.escape(at.getAttribute(name))}"]`;
    return old.matches("form") ? "button" : null;
  }

  /** Puts the first element of the HTML in the place of old; keeps the focus and the open details. */
  function swap(old, html) {
    const shell = document.createElement("template");
    shell.innerHTML = html;
    const fresh = shell.content.firstElementChild;
    if (!fresh || !old.isConnected) return;
    const mark = focusMark(old);
    for (const open of all("details[id][open]", old))
      shell.content.querySelector("#" + CSS.escape(open.id))?.setAttribute("open", "");
    old.replaceWith(shell.content);
    if (mark) all(mark, fresh)[0]?.focus({ preventScroll: true });
    start(fresh);
  }

  /** Someone is writing in it, or a form in it came back unsent: swapping would take the words away. */
  const inUse = (el) => el.querySelector("[data-unsent]") !== null || all("input:not([type=hidden]), textarea, select", el).some((field) =>
    field === document.activeElement || (field.type === "checkbox" ? field.checked !== field.defaultChecked
      : field.defaultValue !== undefined && field.type !== "radio" && field.value !== field.defaultValue));

  /* --------------------------------------------------------- live updates */

  const waiting = new Set(); // elements whose refresh is already on its way

  function refresh(el) {
    if (waiting.has(el)) return;
    waiting.add(el);
    // not all readers at the same moment
    setTimeout(async () => {
      waiting.delete(el);
      if (!el.isConnected) return;
      if (inUse(el)) return el.addEventListener("focusout", () => setTimeout(refresh, 0, el), { once: true });
      try {
        const html = await getPart(el.dataset.src, partOf(el.dataset.src));
        if (inUse(el)) refresh(el);
        else swap(el, html);
      } catch { /* the next message tries again */ }
    }, 100 + Math.random() * 1400);
  }

  function setVotes(id, count) {
    const text = typeof count === "number" ? numbers.format(count) : count;
    for (const el of all(`[data-votes="${CSS.escape(id)}"]`)) {
      if (el.textContent === text) continue;
      el.textContent = text;
      el.classList.remove("fresh");
      void el.offsetWidth; // starts the highlight again
      el.classList.add("fresh");
    }
    for (const el of all(`[data-votes-words="${CSS.escape(id)}"]`)) el.textContent = count === 1 ? el.dataset.one : el.dataset.more;
  }

  function listen(url) {
    let source;
    const hear = ({ data }) => {
      let news;
      try { news = JSON.parse(data); } catch { return; }
      for (const [id, count] of Object.entries(news.votes ?? {})) setVotes(id, count);
      for (const topic of news.refresh ?? []) all(`[data-refresh~="${CSS.escape(topic)}"]`).forEach(refresh);
      if (news.toast) toast(news.toast, news.href);
    };
    const topics = new URL(url, location.href).searchParams.get("topics") ?? "";
    const kinds = new Set(["message", ...topics.split(",").map((topic) => topic.split(":")[0])]);
    const connect = () => {
      source = new EventSource(url);
      kinds.forEach((kind) => kind && source.addEventListener(kind, hear));
      source.addEventListener("lost", () => all("[data-refresh]").forEach(refresh)); // we were too slow for some messages
      // the browser tries again by itself, but not after an answer such as 503
      source.onerror = () => source.readyState === EventSource.CLOSED && setTimeout(connect, 10000 + Math.random() * 20000);
    };
    connect();
    // a page kept for the Back button holds no connection
    addEventListener("pagehide", () => source.close());
    addEventListener("pageshow", (event) => event.persisted && connect());
  }

  /* --------------------------------------------------------------- toasts */

  // in the page from the start: a screen reader only tells what changes inside a region that it knows
  const toasts = document.createElement("div");
  toasts.className = "toasts";
  toasts.setAttribute("role", "status");
  document.body.append(toasts);

  function toast(text, href) {
    const box = document.createElement("p");
    box.className = "toast";
    if (href) {
      const link = document.createElement("a");
      link.href = href;
      link.textContent = text;
      box.append(link);
    } else box.textContent = text;
    toasts.append(box);
    while (toasts.children.length > 3) toasts.firstChild.remove();
    const leave = () => { if (box.matches(":hover, :focus-within")) setTimeout(leave, 3000); else box.remove(); };
    setTimeout(leave, 9000);
  }

  /* --------------------------------------------------------- who is writing */

  const begun = new Map(); // by address: when others were told that somebody writes there

  document.addEventListener("input", ({ target }) => {
    const form = target.closest?.("form[data-begun]");
    if (!form || !(target instanceof HTMLTextAreaElement) || Date.now() - (begun.get(form.dataset.begun) ?? 0) < 300000) return;
    begun.set(form.dataset.begun, Date.now());
    fetch(form.dataset.begun, { method: "POST", body: new URLSearchParams({ csrf: form.elements.csrf.value }) }).catch(() => {});
  });

  /* -------------------------------------------------------- forms by fetch */

  const post = (form, button, part) => fetch(form.getAttribute("action") || location.href, {
    method: "POST", body: new URLSearchParams(new FormData(form, button)), headers: { "X-Fragment": part },
  });

  async function sendPart(form, button, part) {
    if (form.getAttribute("aria-busy")) return;
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await post(form, button, part);
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      const html = await answer.text();
      dropDraft(form);
      swap(form, html);
    } catch {
      // the plain way: the server's page says what is wrong, or asks to log in
      form.removeAttribute("aria-busy");
      form.dataset.plain = "";
      form.requestSubmit(button);
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const part = "metoo" in form.dataset ? "metoo" : form.dataset.swap;
    if (part && !("plain" in form.dataset)) {
      event.preventDefault();
      sendPart(form, event.submitter, part);
    } else {
      dropDraft(form);
      if ("upload" in form.dataset && all("input[type=file]", form).some((input) => input.files.length)) {
        event.preventDefault();
        upload(form, event.submitter);
      }
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    if (!(event.target instanceof HTMLTextAreaElement)) return;
    event.preventDefault();
    event.target.form?.requestSubmit();
  });

  /* --------------------------------------------------------------- drafts */

  const store = (() => { try { return sessionStorage; } catch { return null; } })(); // null: the browser keeps nothing
  const draftKey = (form) => "draft:" + form.dataset.draft;
  const draftFields = (form) => [...form.elements].filter((field) =>
    field.name && field.matches("textarea, input:is([type=text], [type=search], :not([type]))") && field.autocomplete !== "one-time-code");

  function dropDraft(form) {
    if ("draft" in form.dataset) store?.removeItem(draftKey(form));
  }

  function keepDraft(form) {
    const texts = draftFields(form).filter((field) => field.value !== field.defaultValue).map((field) => [field.name, field.value]);
    if (texts.length) store?.setItem(draftKey(form), JSON.stringify(texts));
    else dropDraft(form);
  }

  function restoreDraft(form) {
    const texts = new Map(JSON.parse(store?.getItem(draftKey(form)) ?? "[]"));
    for (const field of draftFields(form))
      if (texts.has(field.name) && field.value === "") field.value = texts.get(field.name);
  }

  /* -------------------------------------------------- similar while typing */

  /** Shows a part anew; what was ticked or put right in it stays so. */
  function keepChoices(into, html) {
    const touched = all("input", into).filter((field) => field.checked !== field.defaultChecked || (field.type === "date" && field.value !== field.defaultValue));
    into.innerHTML = html;
    for (const was of touched) {
      const field = into.querySelector(`input[name="${was.name}"]`);
      if (field?.type === "checkbox") field.checked = was.checked;
      else if (field) field.value = was.value;
    }
  }

  const typing = new WeakMap(); // input -> { timer, stop }

  function similar(input) {
    const into = document.querySelector(input.dataset.similarInto);
    if (!into) return;
    const now = typing.get(input) ?? {};
    clearTimeout(now.timer);
    now.stop?.abort();
    now.stop = new AbortController();
    now.timer = setTimeout(async () => {
      const q = input.value.trim();
      if (q.length < 3) return into.replaceChildren();
      const url = new URL(input.dataset.similar, location.href);
      url.searchParams.set("q", q);
      try { keepChoices(into, await getPart(url, "similar", now.stop.signal)); } catch { /* only a help */ }
    }, 250);
    typing.set(input, now);
  }

  /* ----------------------------------------------------------------- files */

  function showSize(bytes) {
    const [unit, size] = bytes < 1e6 ? ["kilobyte", 1e3] : ["megabyte", 1e6];
    return new Intl.NumberFormat(root.lang || undefined, { style: "unit", unit, maximumFractionDigits: 1 }).format(bytes / size);
  }

  function chosen(input) {
    const most = Number(input.dataset.maxBytes) || Infinity, files = [...input.files];
    const big = files.find((file) => file.size > most);
    input.setCustomValidity(big ? fill(input.dataset.tooBig ?? big.name, { name: big.name, size: showSize(big.size), most: showSize(most) }) : "");
    document.querySelector(input.dataset.filesInto)?.replaceChildren(...files.map((file) => {
      const item = document.createElement("li");
      item.textContent = `${file.name} · ${showSize(file.size)}`;
      return item;
    }));
    if (big) input.reportValidity();
  }

  /** Sends a form with files and shows how far it is; whatever is not a plain success is left to the browser. */
  function upload(form, submitter) {
    const bar = document.createElement("progress"), sending = new XMLHttpRequest(), data = new FormData(form);
    const plainly = () => { bar.remove(); form.removeAttribute("aria-busy"); delete form.dataset.upload; form.requestSubmit(submitter); };
    if (submitter?.name) data.append(submitter.name, submitter.value);
    bar.className = "meter";
    bar.setAttribute("aria-label", submitter?.textContent.trim() ?? "");
    form.setAttribute("aria-busy", "true");
    (submitter ?? form.lastElementChild).after(bar);
    sending.upload.onprogress = (now) => { if (now.lengthComputable) [bar.max, bar.value] = [now.total, now.loaded]; };
    sending.onerror = plainly;
    sending.onload = () => {
      const then = sending.getResponseHeader("X-Then");
      if (sending.status !== 204 || !then) return plainly();
      const to = new URL(then, location.href);
      location.assign(to);
      if (to.hash && to.pathname + to.search === location.pathname + location.search) location.reload();
    };
    sending.open("POST", form.action);
    sending.setRequestHeader("X-Fragment", "upload");
    sending.send(data);
  }

  /** Where a file may be dropped: on the form's own field for files. */
  const dropTarget = (event) => event.dataTransfer?.types.includes("Files")
    ? event.target.closest?.("form")?.querySelector(".upload input[type=file]") : null;

  document.addEventListener("dragover", (event) => {
    const input = dropTarget(event);
    for (const box of all(".upload.over")) box.classList.toggle("over", box.contains(input));
    if (!input) return;
    event.preventDefault();
    input.closest(".upload").classList.add("over");
  });

  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) for (const box of all(".upload.over")) box.classList.remove("over"); });

  document.addEventListener("drop", (event) => {
    const input = dropTarget(event);
    if (!input) return;
    event.preventDefault();
    input.closest(".upload").classList.remove("over");
    input.closest("details")?.setAttribute("open", "");
    const files = new DataTransfer(); // those chosen before stay
    for (const file of [...(input.multiple ? input.files : []), ...event.dataTransfer.files].slice(0, input.multiple ? undefined : 1)) files.items.add(file);
    input.files = files.files;
    chosen(input);
  });

  /* ------------------------------------------------------------- delegated */

  document.addEventListener("input", ({ target }) => {
    if (target.dataset.similar) similar(target);
    if (target.form && "draft" in target.form.dataset) keepDraft(target.form);
  });

  document.addEventListener("change", ({ target }) => {
    if (target.type === "file") chosen(target);
    const form = target.form;
    if (target.name === "theme" && form && "themeForm" in form.dataset) {
      if (target.value === "auto") delete root.dataset.theme;
      else root.dataset.theme = target.value;
      post(form, null, "theme").catch(() => {});
    }
  });

  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy || location.href);
      toast(button.dataset.copied);
    } catch { button.hidden = true; /* the link itself is still there to be copied */ }
  });

  /* ---------------------------------------------------------- long jobs */

  async function poll(el, pause = 700) {
    await new Promise((done) => setTimeout(done, pause));
    if (!el.isConnected) return;
    try { swap(el, await getPart(el.dataset.poll, partOf(el.dataset.poll))); } catch { poll(el, Math.min(pause * 2, 10000)); }
  }

  /* ----------------------------------------------------------------- start */

  /** What a page, or a part that has just been swapped in, needs at once. */
  function start(part) {
    all("[data-poll]", part).forEach((el) => poll(el));
    all("form[data-draft]", part).forEach(restoreDraft);
    if (navigator.clipboard) all("[data-copy][hidden]", part).forEach((button) => { button.hidden = false; });
    for (const input of all("[data-similar]", part))
      document.querySelector(input.dataset.similarInto)?.setAttribute("aria-live", "polite");
  }

  start(document);
  if (document.body.dataset.live) listen(document.body.dataset.live);
})();

/* "@Name" as one types: whom one can mention is offered below the field, to be taken with the arrow keys and Enter, Tab or a click. Without this script
   the name is typed. The server says who it can be; the field's data-mention has the address, data-mention-say the sentence for those who listen. */
(() => {
  "use strict";
  const MOST = 8;
  let open = null;   // { field, list, from }
  let asked = 0;

  /** What stands between the "@" before the caret and the caret, when that may be the beginning of a name. */
  function typed(field) {
    const before = field.value.slice(0, field.selectionStart);
    const found = /(^|[\s(„“"'*])@([^\n@`]{0,40})$/u.exec(before);
    return found && !found[2].startsWith(" ") ? { text: found[2], from: before.length - found[2].length } : null;
  }

  function close() {
    if (!open) return;
    open.list.remove();
    open.says.textContent = "";
    open.field.removeAttribute("aria-controls");
    open.field.removeAttribute("aria-activedescendant");
    open = null;
  }

  function choose(at) {
    const options = [...open.list.children];
    const n = (at + options.length) % options.length;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === n)));
    options[n].scrollIntoView({ block: "nearest" });
    open.field.setAttribute("aria-activedescendant", options[n].id);
    open.at = n;
  }

  function take(n) {
    const { field, from } = open;
    const name = open.list.children[n].dataset.name;
    close();
    field.setRangeText(name + " ", from, field.selectionStart, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** The element that says that there are some: it has to stand there before it speaks. */
  function speaker(field) {
    if (field.nextElementSibling?.matches(".mention-says")) return field.nextElementSibling;
    const says = document.createElement("span");
    says.className = "vh mention-says";
    says.setAttribute("role", "status");
    field.after(says);
    return says;
  }

  function show(field, from, people) {
    close();
    if (people.length === 0) return;
    const list = document.createElement("ul");
    list.className = "mention-list";
    list.id = "mention-list";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "@");
    people.forEach((person, i) => {
      const option = document.createElement("li");
      option.id = `mention-${i}`;
      option.setAttribute("role", "option");
      option.dataset.name = person.insert;
      option.append(person.insert);
      if (person.title) {
        const title = document.createElement("span");
        title.className = "meta";
        title.textContent = person.title;
        option.append(" ", title);
      }
      option.addEventListener("mousedown", (event) => { event.preventDefault(); take(i); });
      list.append(option);
    });
    const says = speaker(field);
    says.after(list);
    says.textContent = field.dataset.mentionSay ?? "";
    field.setAttribute("aria-controls", list.id);
    open = { field, list, from, says };
    choose(0);
  }

  /** A note is read by the team alone. */
  const isNote = (form) => ["note", "lead"].includes(form?.querySelector("[name=act]:checked, [name=audience]:checked")?.value);

  async function offer(field) {
    const at = typed(field), turn = ++asked;
    if (!at) return close();
    await new Promise((done) => setTimeout(done, 120));
    if (turn !== asked) return;
    try {
      const query = new URLSearchParams({ q: at.text, limit: MOST });
      if (isNote(field.form)) query.set("note", "true");
      const answer = await fetch(`${field.dataset.mention}?${query}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) return close();
      const { data } = await answer.json();
      if (turn === asked && document.activeElement === field) show(field, at.from, data.filter((person) => person.insert !== at.text.trim()));
    } catch { close(); /* the name can be typed */ }
  }

  document.addEventListener("focusin", ({ target }) => {
    if (!target.dataset?.mention) return;
    target.setAttribute("aria-autocomplete", "list");
    target.setAttribute("aria-haspopup", "listbox");
    speaker(target);
  });
  document.addEventListener("input", ({ target }) => { if (target.dataset?.mention) offer(target); });
  document.addEventListener("focusout", ({ target }) => { if (open?.field === target) close(); });
  document.addEventListener("keydown", (event) => {
    if (!open || event.target !== open.field || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") choose(open.at + (event.key === "ArrowDown" ? 1 : -1));
    else if ((event.key === "Enter" && !event.ctrlKey) || event.key === "Tab") take(open.at);
    else if (event.key === "Escape") { asked++; close(); }
    else return;
    event.preventDefault();
  });
})();

// Everything here is an improvement: each page is whole without it.
// The one policy through which markup of this site's own fragments passes.
const policy = globalThis.trustedTypes?.createPolicy("faqbase", { createHTML: (html) => html });

// parse makes elements of a fragment that this site has sent.
function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = policy ? policy.createHTML(html) : html;
  return template.content;
}

const base = new URL("../", import.meta.url); // of the site

// get is the text at an address of this site.
async function get(path, options) {
  const response = await fetch(new URL(path, base), options);
  if (!response.ok) throw new Error(response.status);
  return response.text();
}
const getQuestion = (as, id) => get(`question?as=${as}&id=${encodeURIComponent(id)}`);

const root = document.documentElement;
const $ = (id) => document.getElementById(id);
const field = $("Q-q");
const form = $("Q-search");
const texts = JSON.parse($("Q-texts").textContent); // all that is said here
const fill = (text, value) => text.replace(/{\w+}/, () => value);
const live = root.dataset.live;
root.classList.remove("nojs");

// Storage may be blocked: then a choice lasts as long as the page. All sites of one
// origin share it, so keys end in the path of this one.
const keyOf = (name) => "faqbase." + name + base.pathname;
function storage(method, key, value, area = "localStorage") {
  try {
    return globalThis[area][method](key, value);
  } catch {
    return null;
  }
}
// stored is the list that was kept as JSON, or false where that was. Anything else is
// not from here.
function stored(key, area) {
  try {
    const list = JSON.parse(storage("getItem", key, null, area));
    if (list === false || Array.isArray(list)) return list;
  } catch {}
  return [];
}

// ---- theme

const theme = $("Q-theme");
const scheme = $("Q-scheme");
const darkness = matchMedia("(prefers-color-scheme: dark)");
const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : darkness.matches);
function showTheme() {
  theme.setAttribute("aria-pressed", dark());
  scheme.value = root.dataset.theme ?? "";
}
function setTheme(value) {
  if (value) root.dataset.theme = value;
  else delete root.dataset.theme;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${value}; path=${base.pathname}; max-age=${value && 31536000}; samesite=lax${secure}`;
  showTheme();
}
theme.hidden = scheme.parentElement.hidden = false;
showTheme();
darkness.addEventListener("change", showTheme);
theme.addEventListener("click", () => setTheme(dark() ? "light" : "dark"));
scheme.addEventListener("change", () => setTheme(scheme.value));

// ---- copying

function make(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}
function addCopyButton(to, text, name) {
  const button = make("button", "copy", text);
  button.type = "button";
  if (name) button.ariaLabel = name;
  to.append(button);
}
function addCopyButtons(within) {
  if (!navigator.clipboard) return;
  for (const head of within.querySelectorAll(".codebox > div:not(:has(.copy))")) addCopyButton(head, texts.copy);
  for (const anchor of within.querySelectorAll(".faq:not(:has(.copies)) > * > .anchor")) {
    const copies = make("div", "copies", "");
    const question = anchor.parentElement.textContent.slice(0, -anchor.textContent.length);
    addCopyButton(copies, texts.copyLink, fill(texts.copyLinkTo, question));
    addCopyButton(copies, texts.copyMarkdown, fill(texts.copyMarkdownOf, question));
    anchor.parentElement.after(copies);
  }
}
document.addEventListener("click", async (event) => {
  const button = event.target.closest(".copy");
  if (!button) return;
  const { textContent } = button;
  const faq = button.closest(".copies")?.parentElement;
  let done = texts.copied;
  try {
    await navigator.clipboard.writeText(
      !faq
        ? button.closest(".codebox").querySelector("code").textContent
        : button.previousSibling
          ? await getQuestion("markdown", live.slice(5) + "#" + faq.id)
          : faq.querySelector(".anchor").href,
    );
  } catch {
    done = texts.notCopied;
  }
  button.textContent = done;
  say(done);
  setTimeout(() => (button.textContent = textContent), 2000);
});
if (!$("Q-results")) addCopyButtons(document); // of results dress does

// say tells screen readers, politely; sayLater when nothing more comes.
function say(text) {
  $("Q-status").textContent = text;
}
let sayTimer;
function sayLater(text) {
  clearTimeout(sayTimer);
  sayTimer = setTimeout(say, 500, text);
}

// ---- typing

// The keyboards of Android compose every word, in any script. Elsewhere what an
// input method has not settled yet is no query.
const composes = /Android/.test(navigator.userAgent);
let timer; // of what follows the typing, when it pauses

// whenTyped calls back on each change of what is typed into a field. An input method
// that begins takes back what has been planned.
function whenTyped(within, react) {
  within.addEventListener("input", (event) => (event.isComposing && !composes) || react(event));
  within.addEventListener("compositionstart", () => composes || clearTimeout(timer));
  within.addEventListener("compositionend", react);
}
function afterPause(act) {
  clearTimeout(timer);
  timer = setTimeout(act, 120);
}

// ---- results in place

const results = $("Q-results"); // only on the search page
let running; // AbortController of the last request
let latest = 0; // number of the last request
let last; // what it gave
let shown = location.search;

// asked is the query of the form: the field, the filters, the order. Filters that
// are typed in the field are there already.
function asked() {
  const data = new URLSearchParams();
  const typed = [...results.querySelectorAll("[data-typed]")];
  for (const [name, value] of new FormData(form)) {
    if (typed.some((box) => box.name === name && box.value === value)) continue;
    if (value !== "" && !(name === "sort" && value === "relevance")) data.append(name, value);
  }
  const query = data.toString();
  return query && "?" + query;
}

// settle makes filters of those that are typed in the field, which keeps the words, if
// the field is as it was when these results were searched, with that text. rename
// makes their address the one they would have had.
function settle(text) {
  const { words } = $("Q-main").dataset;
  if (words === undefined || field.value !== text) return false;
  field.value = words;
  for (const box of results.querySelectorAll("[data-typed]")) delete box.dataset.typed;
  delete $("Q-main").dataset.words;
  return true;
}
function rename() {
  shown = asked();
  window.history.replaceState(null, "", new URL(shown, base.href));
}
const textOf = (query) => new URLSearchParams(query).get("q") ?? "";

// enter makes the address that of the results shown. What is typed has one entry of
// the history, which begins with the first letter and ends with Enter, a filter or a
// link, so that Back leads from search to search and not from letter to letter.
let typing = false; // the entry is one of typing
function enter(query, how) {
  const add = query !== location.search;
  const own = typing && how !== "choose";
  if (add) window.history[own ? "replaceState" : "pushState"](null, "", new URL(query, base.href));
  typing = how === "type" && (add || typing);
}

// show fetches the results of a query and puts them in place of those shown. how
// is "type", "submit", "choose" or, where the address is right already, "back" or
// "live": a change of the pages, which waits for a search that is under way.
let behind = false; // the pages changed meanwhile
async function show(query, how) {
  if (how !== "live") clearTimeout(timer);
  else if (running) return (behind = true);
  running?.abort();
  running = new AbortController();
  const number = ++latest;
  const busy = setTimeout(() => $("Q-main").setAttribute("aria-busy", "true"), 150);
  try {
    const html = await get("results" + query, { signal: running.signal });
    if (number !== latest) return;
    if (how === "submit") remember(textOf(query));
    const asks = how !== "back" && how !== "live";
    if (asks) enter(query, how);
    shown = query;
    if (how === "live") keepPlace(() => html !== last && swap(parse(html)));
    else if (asks || html !== last) swap(parse(html));
    last = html;
    if ((how === "submit" || how === "choose") && settle(textOf(query))) rename();
    $("Q-bar").replaceChildren();
  } catch (error) {
    if (error.name === "AbortError" || number !== latest) return;
    if (how === "live") throw error;
    if (how === "submit" || how === "choose") location.assign(new URL(query, base.href));
    else say(texts.noSearch);
  } finally {
    clearTimeout(busy);
    if (number === latest) {
      running = undefined;
      $("Q-main").removeAttribute("aria-busy");
      if (behind) show(shown, "live").catch(offer);
      behind = false;
    }
  }
}

// keepPlace makes a change that does not move what is read: what is below the last
// part that begins above the window's top and that is there afterwards too.
function keepPlace(change) {
  const parts = () => [...document.querySelectorAll("main [id]:not(.hit *), .hit :is(h2, h3) > a")];
  const name = (part) => part.getAttribute("href") ?? part.id;
  const y = scrollY;
  const above = parts().map((part) => [name(part), part.getBoundingClientRect().top]).filter(([, top]) => top < 100);
  change();
  const now = new Map(parts().map((part) => [name(part), part.getBoundingClientRect().top]));
  const same = above.findLast(([name]) => now.has(name));
  scrollTo({ top: same ? scrollY + now.get(same[0]) - same[1] : y, behavior: "instant" });
}

function focusCount() {
  $("Q-count").tabIndex = -1;
  $("Q-count").focus({ preventScroll: true });
}

// refocus gives a place to the focus that went with what had it.
function refocus() {
  if (document.activeElement !== document.body) return;
  if (results) focusCount();
  else $("Q-main").focus({ preventScroll: true });
}

const filters = () => $("Q-facets").lastElementChild; // which scroll by themselves where there is room

// swap replaces the results, keeps what is open open and the focus where it was.
function swap(fragment) {
  const focused = document.activeElement?.id;
  const inside = results.contains(document.activeElement);
  const open = [...results.querySelectorAll("details[id][open]")].map((d) => d.id);
  const scroll = filters().scrollTop;
  for (const id of open) fragment.getElementById(id)?.setAttribute("open", "");
  results.replaceChildren(fragment);
  dress();
  filters().scrollTop = scroll;
  document.title = $("Q-main").dataset.title;
  if (inside) {
    const target = focused && $(focused);
    if (target && !target.disabled) target.focus({ preventScroll: true });
    else focusCount();
  }
  sayLater($("Q-count").textContent);
}

if (results) {
  if (settle($("Q-main").dataset.words)) rename(); // the server has taken them out of the field
  whenTyped(field, typed);
  function typed() {
    for (const about of results.querySelectorAll("[name=exact], [name=on]")) about.remove(); // the words before
    clearTimeout(sayTimer);
    afterPause(() => {
      if (asked() !== shown) return show(asked(), "type");
      running?.abort();
      sayLater($("Q-count").textContent);
    });
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(asked(), "submit");
  });
  results.addEventListener("change", (event) => {
    if (event.target.form !== form) return;
    settle(textOf(shown));
    show(asked(), "choose");
  });
  results.addEventListener("click", (event) => {
    const link = event.target.closest(".chips a, .pager a, .note a, .nothing a, .more, #Q-recent a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || url.pathname !== location.pathname) return;
    event.preventDefault();
    const paged = link.closest(".pager, .more");
    field.value = textOf(url.search);
    show(url.search, "choose").then(() => {
      if (!paged) return;
      scrollTo({ top: 0 });
      focusCount();
    });
  });
  addEventListener("popstate", () => {
    if (location.search === shown) return; // only the fragment changed
    typing = false;
    field.value = textOf(location.search);
    show(location.search, "back");
  });
  // Browsers put back what was typed when they come back to the page.
  addEventListener("pageshow", () => {
    const typedBefore = field.value !== textOf(shown);
    if (typedBefore && document.activeElement === field) typed();
  });
}

// ---- why this result, and answers that do not come with it

// fold makes a disclosure of each link to what can be shown in place.
function fold() {
  for (const link of results.querySelectorAll("a.why, a.answer")) {
    const details = make("details", link.className, "");
    Object.assign(details.dataset, link.dataset, { search: link.search });
    details.append(make("summary", "", link.textContent));
    link.replaceWith(details);
  }
}

// explain fetches the reasons of all hits that are shown and puts them into their
// disclosures. A search that was changed meanwhile gets none.
async function explain(opened) {
  const of = (why) => why.closest(".hit").querySelector(":is(h2, h3) > a").getAttribute("href");
  const reasons = new Map();
  const { search } = opened.dataset;
  for (const why of parse(await get("results" + search)).querySelectorAll(".why")) reasons.set(of(why), why.lastElementChild);
  if (!reasons.has(of(opened))) throw new Error(); // not listed any more
  for (const why of results.querySelectorAll(".why")) {
    if (why.dataset.search === search && reasons.has(of(why)) && !why.querySelector(".reasons")) why.append(reasons.get(of(why)));
  }
}

async function answer(opened) {
  const prose = make("div", "prose", "");
  prose.append(parse(await getQuestion("html", opened.dataset.id)));
  opened.querySelector(".prose") ?? opened.append(prose);
  addCopyButtons(opened);
}

async function toggled({ target }) {
  addCopyButtons(target);
  const reasons = target.matches(".why[open]:not(:has(.reasons))");
  if (!reasons && !target.matches(".answer[open]:not(:has(.prose))")) return;
  try {
    await (reasons ? explain : answer)(target);
  } catch {
    target.open = false;
    say(reasons ? texts.noReasons : texts.noAnswer);
  }
}

// ---- values of a long facet

function find({ target }) {
  if (target.matches(".find")) afterPause(() => lookUp(target).catch(() => say(texts.noValues)));
}
async function lookUp(finder) {
  const list = finder.nextElementSibling;
  const { facet } = finder.dataset;
  const match = finder.value.trim();
  const wanted = new Set();
  const found = match && (await get(`facets/${facet}${asked() || "?"}&match=${encodeURIComponent(match)}`));
  if (match !== finder.value.trim()) return; // the next follows
  for (const { value, count, url } of found ? JSON.parse(found).values.slice(0, 50) : []) {
    const slug = url.slice(url.lastIndexOf("/") + 1);
    const id = `Q-f-${facet}-${slug}`;
    wanted.add(id);
    if ($(id)) continue;
    const label = list.firstElementChild.cloneNode(true);
    const [box, name, number] = label.children;
    Object.assign(box, { id, value: decodeURIComponent(slug), checked: false, disabled: false });
    name.textContent = value;
    number.childNodes[1].data = count;
    list.append(label);
  }
  for (const label of list.children) label.hidden = match && !wanted.has(label.firstElementChild.id);
  if (match) sayLater(fill(texts.valuesFound, wanted.size));
}

// ---- recent searches, in this browser alone

const recentKey = keyOf("searches"); // a list, or false where nothing is to be kept
const recent = () => stored(recentKey);
function keep(list) {
  if (!list.length) for (const area of areas) storage("removeItem", marksKey, null, area);
  storage("setItem", recentKey, JSON.stringify(list));
  showRecent();
}
function remember(text) {
  const list = recent();
  if (list && text.trim()) keep([text, ...list.filter((t) => t !== text)].slice(0, 8));
}
function showRecent() {
  const section = $("Q-recent");
  if (!section) return;
  const list = recent();
  section.hidden = list && !list.length && !section.contains(document.activeElement); // whoever turned it on sees it
  section.firstElementChild.nextElementSibling.replaceChildren(
    ...(list || []).map((text) => {
      const link = make("a", "tag", text);
      link.href = base.pathname + "?" + new URLSearchParams({ q: text });
      const item = make("li", "", "");
      item.append(link);
      return item;
    }),
  );
  $("Q-keep").checked = Boolean(list);
  $("Q-forget").hidden = !list.length;
}

// What a search has marked of a result is handed over to the page that is opened: an
// address leads there, the words stay in the browser. Where searches are kept, tabs
// share them; otherwise they are this tab's alone and go with it. The page that is
// opened takes them. What none takes goes after a minute, if no page of this site is
// open then, when the next one is; and all go when searches are cleared or not kept.
const marksKey = keyOf("marks"); // a list of [address, time, ...words]
const areas = ["localStorage", "sessionStorage"];
const area = () => areas[recent() ? 0 : 1];
const handedOver = () =>
  (stored(marksKey, area()) || []).filter((entry) => Array.isArray(entry) && Math.abs(Date.now() - entry[1]) < 60000);
function handOver(list) {
  storage(list.length ? "setItem" : "removeItem", marksKey, JSON.stringify(list), area());
  if (list.length) setTimeout(() => handOver(handedOver()), 60000);
}
function leave({ target, type }) {
  const link = target.closest(".hit :is(h2, h3) > a");
  if (!link) return;
  if (type !== "contextmenu") remember(textOf(shown));
  const marks = [...link.closest(".hit").querySelectorAll("mark")].map((m) => m.textContent.toLowerCase());
  handOver([[link.href, Date.now(), ...new Set(marks)], ...handedOver().filter(([address]) => address !== link.href)].slice(0, 9));
}

// dress adds to the results what takes a script.
function dress() {
  for (const opened of results.querySelectorAll(".answer[open]")) addCopyButtons(opened);
  fold();
  showRecent();
  for (const finder of results.querySelectorAll(".find")) finder.hidden = false;
}

if (results) {
  dress();
  results.addEventListener("toggle", toggled, true); // does not bubble
  for (const way of ["click", "auxclick", "contextmenu"]) results.addEventListener(way, leave);
  whenTyped(results, find);
  results.addEventListener("change", ({ target }) => target.id === "Q-keep" && keep(target.checked ? [] : false));
  results.addEventListener("click", ({ target }) => {
    if (target.id !== "Q-forget") return;
    keep([]);
    field.focus();
  });
}

// ---- keys

const slash = $("Q-keys-slash");
const slashKey = keyOf("slash");
slash.checked = storage("getItem", slashKey) !== "off";
slash.addEventListener("change", () => storage("setItem", slashKey, slash.checked ? "on" : "off"));
$("Q-keys-open").hidden = false;
$("Q-keys-open").addEventListener("click", () => $("Q-keys").showModal());

const apple = /Mac|iP/.test(navigator.platform); // where Ctrl K deletes to the end of a line
const hits = () => [...document.querySelectorAll(".hit article > :is(h2, h3) > a")];

addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented || $("Q-keys").open) return;
  const from = event.composedPath()[0];
  const writing = from.matches?.("input:not([type=checkbox]), select, textarea") || from.isContentEditable;
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  const command = event.ctrlKey !== event.metaKey && !event.altKey && !event.shiftKey;
  const find = command && event.key.toLowerCase() === "k" && (from === field ? event.metaKey || !apple : !writing);
  if (find || (event.key === "/" && plain && !writing && slash.checked)) {
    event.preventDefault();
    field.focus();
    field.select();
    return;
  }
  if (event.key === "?" && plain && !writing && slash.checked) {
    event.preventDefault();
    return $("Q-keys").showModal();
  }
  if (!plain || event.shiftKey) return;
  if (event.key === "Escape" && from === field) {
    event.preventDefault();
    if (!field.value) return field.blur();
    field.value = "";
    field.dispatchEvent(new Event("input"));
    return;
  }
  if (event.key === "Escape") unmark();
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const all = hits();
  const at = all.indexOf(from);
  if (from !== field && at < 0) return;
  const to = event.key === "ArrowDown" ? all[at + 1] : at === 0 ? field : all[at - 1];
  if (!to) return;
  event.preventDefault();
  to.focus();
});

// ---- the part of the page that is read

let observer;
function followReading() {
  observer?.disconnect();
  const toc = document.querySelector(".toc");
  const parts = [];
  for (const link of toc?.querySelectorAll("a") ?? []) {
    const part = $(decodeURIComponent(link.hash.slice(1)));
    if (part) parts.push([part, link]);
  }
  if (!parts.length) return;
  // The part that is read is the last one that begins above a third of the window.
  observer = new IntersectionObserver(
    () => {
      const read = parts.findLast(([part]) => part.getBoundingClientRect().top < innerHeight / 3) ?? parts[0];
      toc.querySelector("[aria-current]")?.removeAttribute("aria-current");
      read[1].setAttribute("aria-current", "true");
    },
    { rootMargin: "0px 0px -67% 0px" },
  );
  for (const [part] of parts) observer.observe(part);
}
followReading();

// ---- the searched words on the page that they led to

let searched; // the words, as long as they are marked
function mark() {
  if (!searched?.length || !CSS.highlights) return;
  const either = searched.map((word) => String(word).replace(/[\^$\\.*+?()[\]{}|/]/g, "\\$&")).join("|");
  // Whole words, in scripts that have cases: many of the others set no spaces.
  const more = "[\\p{LC}\\p{N}\\u0300-\\u036f_]";
  const pattern = new RegExp(`(?<!${more})(?:${either})(?!${more})`, "giu");
  const ranges = new Highlight();
  const walker = document.createTreeWalker($("Q-main"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    for (const { 0: { length }, index } of walker.currentNode.data.matchAll(pattern)) {
      const range = new Range();
      range.setStart(walker.currentNode, index);
      range.setEnd(walker.currentNode, index + length);
      ranges.add(range);
    }
  }
  CSS.highlights.set("searched", ranges);
  const clear = make("button", "", texts.unmark);
  clear.addEventListener("click", unmark);
  $("Q-bar").replaceChildren(texts.marked, " ", clear);
}
function unmark() {
  searched = null;
  if (!globalThis.CSS.highlights?.delete("searched")) return;
  $("Q-bar").replaceChildren();
  refocus();
}
{
  const handed = handedOver();
  const own = handed.findIndex(([address]) => address === location.href);
  if (own >= 0) [[, , ...searched]] = handed.splice(own, 1);
  handOver(handed);
  mark();
}

// ---- suggestions, where there is no list of results

function suggest() {
  const list = make("div", "suggestions", "");
  const known = new Map();
  let waiting;
  let at = -1;
  Object.assign(list, { id: "Q-suggestions", role: "listbox", ariaLabel: texts.suggestions, hidden: true });
  form.append(list);
  field.role = "combobox";
  field.ariaAutoComplete = "list";
  field.setAttribute("aria-controls", list.id);
  const open = (on) => {
    list.hidden = !on;
    field.ariaExpanded = on;
    choose(-1);
  };
  const choose = (n) => {
    at = n;
    [...list.children].forEach((option, i) => (option.ariaSelected = i === at));
    field.setAttribute("aria-activedescendant", list.children[at]?.id ?? "");
  };
  open(false);
  async function complete() {
    const text = field.value.trim();
    waiting?.abort();
    waiting = new AbortController();
    let found = text ? known.get(text) : [];
    try {
      found ??= JSON.parse(await get("suggest?q=" + encodeURIComponent(text), waiting)).suggestions;
    } catch {
      return; // another came, or none will: the field is a plain one
    }
    known.set(text, found);
    if (text !== field.value.trim() || document.activeElement !== field) return;
    list.replaceChildren(
      ...found.map(({ text, kind, url }, i) => {
        const option = make("a", "", text);
        Object.assign(option, { id: "Q-option-" + i, href: url, role: "option", tabIndex: -1 });
        option.append(" ", make("span", "n", texts.kinds[kind]));
        return option;
      }),
    );
    open(found.length > 0);
    sayLater(found.length ? fill(texts.suggestionsFound, found.length) : "");
  }
  field.addEventListener("input", () => choose(-1)); // Enter searches for what is typed
  whenTyped(field, () => afterPause(complete));
  field.addEventListener("blur", () => open(false));
  list.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const n = list.children.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chosen = list.children[at];
    if (step) list.hidden ? complete() : choose(((at + step + n + 2) % (n + 1)) - 1);
    else if (list.hidden) return;
    else if (event.key === "Escape") open(false);
    else if (event.key === "Enter" && chosen) window.open(chosen.href, event.ctrlKey || event.metaKey ? "_blank" : "_self");
    else return;
    event.preventDefault();
  });
}
if (!results) suggest();

// ---- changes of the pages

// fresh makes a function that gives this page as it is now, or nothing where it was
// called again meanwhile: a late answer replaces no newer one.
function fresh() {
  let latest = 0;
  return async () => {
    const number = ++latest;
    try {
      const response = await fetch(location.href, { cache: "no-store" });
      const html = await response.text();
      if (!response.ok && response.status !== 404) throw new Error(response.status);
      if (number === latest) return parse(html);
    } catch (error) {
      if (number === latest) throw error;
    }
  };
}
const freshPage = fresh();
const freshRemarks = fresh();

// reload replaces the page's content and keeps the place and the focus.
async function reload() {
  $("Q-bar").replaceChildren();
  if (results) return show(shown, "live");
  const page = await freshPage();
  if (!page) return;
  const old = document.querySelector(".page");
  const focused = old.contains(document.activeElement) && document.activeElement;
  const href = focused && focused.getAttribute("href");
  keepPlace(() => {
    old.replaceWith(page.querySelector(".page"));
    document.title = page.querySelector("title").textContent;
    addCopyButtons(document);
  });
  followReading();
  mark();
  if (focused) {
    const again = (focused.id && $(focused.id)) || (href && [...document.querySelectorAll(".page a")].find((a) => a.getAttribute("href") === href));
    (again || $("Q-main")).focus({ preventScroll: true });
  }
  say(texts.updated);
}

// remark shows anew what the server says of the pages to those who write them.
async function remark() {
  const page = await freshRemarks();
  if (page) $("Q-dev").replaceWith(page.getElementById("Q-dev"));
}

// unread tells whether a change can be shown at once: nobody has scrolled, opened,
// selected or pointed at anything.
const unread = () =>
  scrollY < 8 &&
  [document.body, field].includes(document.activeElement) &&
  getSelection().isCollapsed &&
  !document.querySelector("main:hover, main :is(.why, .answer:not(.best))[open], dialog[open]");

// offer leaves it to the reader when a change is shown.
function offer() {
  const link = make("a", "", texts.reload);
  link.href = location.href;
  link.addEventListener("click", (click) => {
    click.preventDefault();
    reload().then(refocus, () => location.reload());
  });
  $("Q-bar").replaceChildren(live === "list" ? texts.pagesChanged : texts.pageChanged, " ", link);
}

let known = root.dataset.library; // the digest of the last state this page has heard of
let source;
const dev = "dev" in root.dataset;

// renew shows a change at once where that disturbs nobody.
let waiting; // the timer of a page that waits for its turn
function renew() {
  waiting = undefined;
  if (dev || unread()) reload().catch(offer);
  else offer();
}

// Browsers open six connections to a site, those of all tabs together, where it
// speaks HTTP/1.1. So only a page that is seen keeps one; the others hear what
// they missed when they are seen again.
function listen() {
  if (source || document.hidden) return;
  source = new EventSource(new URL("events?since=" + known, base));
  source.addEventListener("library", (event) => {
    known = event.lastEventId;
    const { paths } = JSON.parse(event.data);
    if (live.startsWith("page:") && !paths.includes(live.slice(5))) return;
    // All unread pages hear of it at the same time: they ask within a second, which
    // is still a moment, and not all at once. A writer's page, and a search that is
    // under way and is followed by another, do not wait.
    if (dev || running || !unread()) renew();
    else waiting ??= setTimeout(renew, 900 * Math.random());
  });
  source.addEventListener("dev", () => remark().catch(() => {}));
  // A lost connection is taken up again by the browser, a refused one is not.
  source.addEventListener("error", () => {
    if (source?.readyState !== EventSource.CLOSED) return;
    deafen();
    setTimeout(listen, 5000 * (1 + Math.random())); // not all pages at once
  });
}
function deafen() {
  source?.close();
  source = undefined;
}
if (live) {
  listen();
  document.addEventListener("visibilitychange", () => (document.hidden ? deafen() : listen()));
  addEventListener("pagehide", deafen); // the back/forward cache keeps no page that is connected
  addEventListener("pageshow", listen);
  addEventListener("online", () => (deafen(), listen())); // the old one may never notice
}

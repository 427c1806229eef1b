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
const root = document.documentElement;
const $ = (id) => document.getElementById(id);
const field = $("Q-q");
const form = $("Q-search");
root.classList.remove("nojs");

// ---- theme

const theme = $("Q-theme");
const dark = () =>
  root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
const showTheme = () => theme.setAttribute("aria-pressed", dark());
theme.hidden = false;
showTheme();
theme.addEventListener("click", () => {
  root.dataset.theme = dark() ? "light" : "dark";
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${root.dataset.theme}; path=${base.pathname}; max-age=31536000; samesite=lax${secure}`;
  showTheme();
});

// ---- copying code

function addCopyButtons(within) {
  if (!navigator.clipboard) return;
  for (const head of within.querySelectorAll(".codebox > div:not(:has(.copy))")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    head.append(button);
  }
}
document.addEventListener("click", async (event) => {
  const button = event.target.closest(".copy");
  if (!button) return;
  let done = "Copied";
  try {
    await navigator.clipboard.writeText(button.closest(".codebox").querySelector("code").textContent);
  } catch {
    done = "Not allowed";
  }
  button.textContent = done;
  say(done);
  setTimeout(() => (button.textContent = "Copy"), 2000);
});
addCopyButtons(document);

// say tells screen readers, politely.
function say(text) {
  $("Q-status").textContent = text;
}

// ---- results in place

const results = $("Q-results"); // only on the search page
const title = document.title.includes(" - ") ? document.title.slice(document.title.lastIndexOf(" - ") + 3) : document.title;
let composing = false;
let running; // AbortController of the last request
let latest = 0; // number of the last request
let timer;
let sayTimer;
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
// is "type", "submit", "choose" or "" where the address is right already.
async function show(query, how) {
  clearTimeout(timer);
  running?.abort();
  running = new AbortController();
  const number = ++latest;
  const busy = setTimeout(() => $("Q-main").setAttribute("aria-busy", "true"), 150);
  try {
    const response = await fetch(new URL("results" + query, base), { signal: running.signal });
    if (!response.ok) throw new Error(response.status);
    const html = await response.text();
    if (number !== latest) return;
    if (how) enter(query, how);
    shown = query;
    swap(parse(html));
    if ((how === "submit" || how === "choose") && settle(textOf(query))) rename();
    $("Q-bar").replaceChildren();
  } catch (error) {
    if (error.name === "AbortError" || number !== latest) return;
    if (how === "submit" || how === "choose") location.assign(new URL(query, base.href));
    else say("The search did not answer. Try again.");
  } finally {
    clearTimeout(busy);
    if (number === latest) $("Q-main").removeAttribute("aria-busy");
  }
}

// swap replaces the results, keeps what is open open and the focus where it was.
function swap(fragment) {
  const focused = document.activeElement?.id;
  const inside = results.contains(document.activeElement);
  const open = [...results.querySelectorAll("details[id][open]")].map((d) => d.id);
  const scroll = $("Q-facets").scrollTop;
  for (const id of open) fragment.getElementById(id)?.setAttribute("open", "");
  results.replaceChildren(fragment);
  addCopyButtons(results);
  foldReasons();
  $("Q-facets").scrollTop = scroll;
  const name = $("Q-main").dataset.title;
  document.title = name ? `${name} - ${title}` : title;
  if (inside) {
    const target = focused && $(focused);
    if (target && !target.disabled) target.focus({ preventScroll: true });
    else {
      $("Q-count").tabIndex = -1;
      $("Q-count").focus({ preventScroll: true });
    }
  }
  clearTimeout(sayTimer);
  sayTimer = setTimeout(() => say($("Q-count").textContent), 500);
}

if (results) {
  if (settle($("Q-main").dataset.words)) rename(); // the server has taken them out of the field
  field.addEventListener("compositionstart", () => (composing = true));
  field.addEventListener("compositionend", () => ((composing = false), typed()));
  field.addEventListener("input", () => composing || typed());
  function typed() {
    clearTimeout(timer);
    results.querySelector("[name=exact]")?.remove(); // was about the words before
    timer = setTimeout(() => (asked() === shown ? running?.abort() : show(asked(), "type")), 120);
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
    const link = event.target.closest(".chips a, .pager a, .note a, .nothing a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || url.pathname !== location.pathname) return;
    event.preventDefault();
    const paged = link.closest(".pager");
    field.value = textOf(url.search);
    show(url.search, "choose").then(() => {
      if (!paged) return;
      scrollTo({ top: 0 });
      $("Q-count").tabIndex = -1;
      $("Q-count").focus({ preventScroll: true });
    });
  });
  addEventListener("popstate", () => {
    if (location.search === shown) return; // only the fragment changed
    typing = false;
    field.value = textOf(location.search);
    show(location.search, "");
  });
  // Browsers put back what was typed when they come back to the page.
  addEventListener("pageshow", () => {
    const typedBefore = field.value !== textOf(shown);
    if (typedBefore && document.activeElement === field) typed();
  });
}

// ---- why this result

// foldReasons makes a disclosure of each link to the reasons of a hit.
function foldReasons() {
  for (const link of results.querySelectorAll("a.why")) {
    const why = document.createElement("details");
    why.className = "why";
    why.dataset.search = link.search;
    const summary = document.createElement("summary");
    summary.textContent = link.textContent;
    why.append(summary);
    link.replaceWith(why);
  }
}

// explain fetches the reasons of all hits that are shown and puts them into their
// disclosures. A search that was changed meanwhile gets none.
async function explain(opened) {
  const of = (why) => why.closest(".hit").querySelector(":is(h2, h3) > a").getAttribute("href");
  try {
    const response = await fetch(new URL("results" + opened.dataset.search, base));
    if (!response.ok) throw new Error(response.status);
    const reasons = new Map();
    for (const why of parse(await response.text()).querySelectorAll(".why")) reasons.set(of(why), why.lastElementChild);
    if (!reasons.has(of(opened))) throw new Error("not listed any more");
    for (const why of results.querySelectorAll(".why")) {
      if (why.dataset.search === opened.dataset.search && reasons.has(of(why)) && !why.querySelector(".reasons")) {
        why.append(reasons.get(of(why)));
      }
    }
  } catch {
    opened.open = false;
    say("The reasons did not come. Try again.");
  }
}

if (results) {
  foldReasons();
  const toggled = ({ target }) => target.matches(".why[open]:not(:has(.reasons))") && explain(target);
  results.addEventListener("toggle", toggled, true); // does not bubble
}

// ---- keys

const slash = $("Q-keys-slash");
const slashKey = "faqbase.slash";
// Storage may be blocked: then the choice lasts as long as the page.
const storage = (method, ...args) => {
  try {
    return localStorage[method](...args);
  } catch {
    return null;
  }
};
slash.checked = storage("getItem", slashKey) !== "off";
slash.addEventListener("change", () => storage("setItem", slashKey, slash.checked ? "on" : "off"));
$("Q-keys-open").hidden = false;
$("Q-keys-open").addEventListener("click", () => $("Q-keys").showModal());

const hits = () => [...document.querySelectorAll(".hit article > :is(h2, h3) > a")];

addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented || $("Q-keys").open) return;
  const from = event.composedPath()[0];
  const writing = from.matches?.("input:not([type=checkbox]), select, textarea") || from.isContentEditable;
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  const find = event.key.toLowerCase() === "k" && event.ctrlKey !== event.metaKey && !event.altKey && !event.shiftKey;
  if (find || (event.key === "/" && plain && !writing && slash.checked)) {
    event.preventDefault();
    field.focus();
    field.select();
    return;
  }
  if (!plain || event.shiftKey) return;
  if (event.key === "Escape" && from === field) {
    event.preventDefault();
    if (!field.value) return field.blur();
    field.value = "";
    field.dispatchEvent(new Event("input"));
    return;
  }
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

const toc = document.querySelector(".toc");
if (toc && "IntersectionObserver" in window) {
  const parts = [];
  for (const link of toc.querySelectorAll("a")) {
    const part = $(decodeURIComponent(link.hash.slice(1)));
    if (part) parts.push([part, link]);
  }
  // The part that is read is the last one that begins above a third of the window.
  const observer = new IntersectionObserver(
    () => {
      const read = parts.findLast(([part]) => part.getBoundingClientRect().top < innerHeight / 3) ?? parts[0];
      toc.querySelector("[aria-current]")?.removeAttribute("aria-current");
      read[1].setAttribute("aria-current", "true");
    },
    { rootMargin: "0px 0px -67% 0px" },
  );
  for (const [part] of parts) observer.observe(part);
}

// ---- changes of the pages

// reload replaces the page's content and keeps the place.
async function reload() {
  if (results) return show(location.search, "");
  const response = await fetch(location.href, { cache: "no-store" });
  const page = parse(await response.text());
  const [y, main] = [scrollY, page.querySelector(".page")];
  document.querySelector(".page")?.replaceWith(main);
  addCopyButtons(document);
  scrollTo({ top: y, behavior: "instant" });
}

const live = root.dataset.live;
let known = root.dataset.library; // the digest of the last state this page has heard of
let source;

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
    if ("dev" in root.dataset) return reload();
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = "Reload";
    link.addEventListener("click", (click) => {
      click.preventDefault();
      location.reload();
    });
    $("Q-bar").replaceChildren(live === "list" ? "The pages changed. " : "This page changed. ", link);
  });
  // A lost connection is taken up again by the browser, a refused one is not.
  source.addEventListener("error", () => {
    if (source?.readyState !== EventSource.CLOSED) return;
    deafen();
    setTimeout(listen, 5000);
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
}

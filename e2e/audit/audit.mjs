// Looks at every kind of page with axe, and at the main ones with Lighthouse, prints
// what was found as one table, and exits 1 where a page misses what it has to reach.
//
//	npm ci --ignore-scripts && npm run audit
//
// It builds faqbase with Go, serves the starter pages and drives Chromium: $CHROMIUM,
// else chromium, chromium-browser or google-chrome on the PATH. Numbers of speed want
// a machine that has nothing else to do. Words after "npm run audit --" choose pages by
// name, as in ../pages.json; --runs 1 is quicker and less sure.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const here = import.meta.dirname;
const axe = readFileSync(join(here, "node_modules/axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const schemes = ["light", "dark"];
const widths = [375, 768, 1440];

// What Lighthouse gives as columns, with what each has to reach. A page loads less
// than 80 kB and asks for no more than six files; the seventh is the stream of events.
const columns = [
  { name: "perf", least: 95, of: r => score(r, "performance") },
  { name: "a11y", least: 100, of: r => score(r, "accessibility") },
  { name: "practices", least: 100, of: r => score(r, "best-practices") },
  { name: "seo", least: 100, of: r => score(r, "seo") },
  { name: "LCP s", most: 1.5, digits: 2, of: r => number(r, "largest-contentful-paint") / 1000 },
  { name: "CLS", most: 0.02, digits: 3, of: r => number(r, "cumulative-layout-shift") },
  { name: "TBT ms", most: 50, of: r => number(r, "total-blocking-time") },
  { name: "kB", most: 80, of: r => number(r, "total-byte-weight") / 1000 },
  { name: "requests", most: 6, of: r => requests(r).length },
];

const score = (r, category) => 100 * r.categories[category].score;
const number = (r, audit) => r.audits[audit].numericValue;
const requests = r => r.audits["network-requests"].details.items.filter(item => item.resourceType !== "EventSource");
const median = list => list.toSorted((a, b) => a - b)[list.length >> 1];

const { values: options, positionals: chosen } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: "string", default: "3" } },
});
const pages = JSON.parse(readFileSync(join(here, "../pages.json"), "utf8"))
  .filter(page => chosen.length === 0 || chosen.includes(page.name));
if (pages.length === 0) throw new Error(`no page is named ${chosen.join(" or ")}`);

/** The path of the browser, by the rules of the Go tests. */
function findChromium() {
  const names = process.env.CHROMIUM ? [process.env.CHROMIUM] : ["chromium", "chromium-browser", "google-chrome"];
  for (const name of names) {
    const places = name.includes("/") ? [name] : process.env.PATH.split(delimiter).map(folder => join(folder, name));
    const found = places.find(place => statSync(place, { throwIfNoEntry: false })?.isFile());
    if (found) return found;
  }
  throw new Error(`no ${names.join(", ")} found; install Chromium or name it in CHROMIUM`);
}

/** Serves the starter pages at a free port: the address, and the process. */
async function serve(folder) {
  const program = join(folder, "faqbase");
  execFileSync("go", ["build", "-o", program, "./cmd/faqbase"], { cwd: join(here, "../.."), stdio: "inherit" });
  const server = spawn(program, ["serve", "--addr", "127.0.0.1:0", "--index", "memory", "--watch", "off", "--quiet"],
    { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface(server.stdout)) return { server, site: line.split(" ")[0] };
  throw new Error("faqbase ended before it was ready");
}

/** What axe finds wrong with a page in all widths and schemes, as texts. */
async function runAxe(browser, site, page) {
  const found = [];
  for (const scheme of schemes) {
    for (const width of widths) {
      const tab = await browser.newPage();
      await tab.setViewport({ width, height: 900 });
      await tab.emulateMediaFeatures([
        { name: "prefers-color-scheme", value: scheme },
        { name: "prefers-reduced-motion", value: "reduce" },
      ]);
      await tab.goto(site + page.path, { waitUntil: "load" });
      if (page.then) await tab.evaluate(`{${page.then}}`);
      if (page.until) await tab.waitForSelector(page.until);
      await tab.evaluate(axe);
      const { violations } = await tab.evaluate(
        tags => axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }), rules);
      for (const { id, help, nodes } of violations) {
        found.push(`${page.name}, ${width} px, ${scheme}: axe ${id}: ${help}: ${nodes.map(node => node.html).join(" ")}`);
      }
      await tab.close();
    }
  }
  return found;
}

/** What Lighthouse measures of a page, the median of each column. */
async function runLighthouse(browser, site, page) {
  const results = [];
  for (let failures = 0; results.length < options.runs;) {
    const { lhr } = await lighthouse(site + page.path, {
      port: new URL(browser.wsEndpoint()).port,
      logLevel: "error",
      onlyCategories: ["performance", "accessibility", "best-practices", "seo"],
      // Results of a search say themselves that they are not to be indexed.
      skipAudits: page.path.startsWith("/?") ? ["is-crawlable"] : [],
    });
    if (!lhr.runtimeError) results.push(lhr);
    else if (++failures > 3) throw new Error(`${page.name}: ${lhr.runtimeError.message}`); // a trace fails now and then
  }
  return columns.map(column => median(results.map(column.of)));
}

function print(rows) {
  const wide = rows[0].map((_, i) => Math.max(...rows.map(row => row[i].length)));
  for (const row of rows) console.log(row.map((cell, i) => i ? cell.padStart(wide[i]) : cell.padEnd(wide[i])).join("  "));
}

const folder = mkdtempSync(join(tmpdir(), "faqbase-audit-"));
let server, browser;
try {
  let site;
  ({ server, site } = await serve(folder));
  browser = await puppeteer.launch({
    executablePath: findChromium(),
    args: ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
  });
  const missed = [];
  const rows = [["page", ...columns.map(column => column.name), "axe"]];
  for (const page of pages) {
    console.error(`${page.name} …`);
    const violations = await runAxe(browser, site, page);
    missed.push(...violations);
    const measured = page.main ? await runLighthouse(browser, site, page) : [];
    rows.push([page.name, ...columns.map(({ name, least = -Infinity, most = Infinity, digits = 0 }, i) => {
      if (!page.main) return "";
      // What the table shows is what is judged.
      const shown = measured[i].toFixed(digits);
      if (!(shown >= least && shown <= most)) missed.push(`${page.name}: ${name} is ${shown}, wanted ${least > 0 ? `${least} or more` : `${most} at most`}`);
      return shown;
    }), String(violations.length)]);
  }
  print(rows);
  for (const line of missed) console.error(line);
  process.exitCode = missed.length ? 1 : 0;
} finally {
  await browser?.close();
  server?.kill();
  rmSync(folder, { recursive: true, force: true });
}

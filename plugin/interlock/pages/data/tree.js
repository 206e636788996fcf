"use strict";
// Third parties' names and texts only ever become text nodes here.
const data = JSON.parse(document.getElementById("data").textContent);
const nodes = new Map(data.nodes.map((node) => [node.key, node]));
const lines = new Map(data.lines.map((line) => [line.key, line]));
const below = new Map(), above = new Map();
for (const [parent, child, kind, range, mark] of data.edges) {
  const edge = { parent, child, kind, range, mark };
  below.set(parent, [...(below.get(parent) || []), edge]);
  above.set(child, [...(above.get(child) || []), edge]);
}
const LEADS = new Set(["needs", "builds", "declares"]);
const SVG = "http://www.w3.org/2000/svg";
const graph = document.querySelector("svg.graph"), cone = document.getElementById("cone");
const shapes = new Map([...document.querySelectorAll("#shapes g")].map((shape) => [shape.dataset.key, shape]));
const rows = [...document.querySelectorAll("#rows tr")];
const detail = document.getElementById("detail"), search = document.getElementById("search");

function make(tag, content, attributes) {
  const made = document.createElement(tag);
  for (const part of [].concat(content === undefined ? [] : content)) made.append(part);
  for (const [name, value] of Object.entries(attributes || {})) made.setAttribute(name, value);
  return made;
}
function link(key) {
  const node = nodes.get(key), line = lines.get(key);
  if (!node) return line ? line.where : key;
  return make("a", `${node.name} ${node.version}`, { href: `#${encodeURIComponent(key)}` });
}
function reach(start, edges, end) {
  const found = new Map(), queue = [start], seen = new Set(queue);
  while (queue.length) {
    const key = queue.shift();
    for (const edge of edges.get(key) || []) {
      if (!LEADS.has(edge.kind)) continue;
      if (!seen.has(edge[end])) { seen.add(edge[end]); queue.push(edge[end]); found.set(edge[end], edge); }
    }
  }
  return { seen, found };
}
function drawCone(key) {
  cone.replaceChildren();
  for (const shape of shapes.values()) shape.classList.remove("on", "self");
  graph.classList.toggle("chosen", key !== null);
  if (key === null) return;
  for (const [edges, end, name] of [[above, "parent", "up"], [below, "child", "down"]]) {
    const { seen } = reach(key, edges, end);
    for (const each of seen) {
      if (shapes.has(each)) shapes.get(each).classList.add("on");
      for (const edge of edges.get(each) || []) if (LEADS.has(edge.kind)) drawWay(edge, name);
    }
  }
  const own = shapes.get(key);
  if (own) {
    own.classList.add("self");
    const frame = graph.parentElement;
    frame.scrollTo({ left: own.dataset.x - frame.clientWidth / 2, top: own.dataset.y - frame.clientHeight / 2 });
  }
}
function drawWay(edge, name) {
  const from = shapes.get(edge.parent), to = shapes.get(edge.child);
  if (!from || !to) return;
  const [x, y, toX, toY] = [from.dataset.x, from.dataset.y, to.dataset.x, to.dataset.y].map(Number);
  const middle = (x + toX) / 2, path = document.createElementNS(SVG, "path");
  path.setAttribute("d", `M${x} ${y}C${middle} ${y} ${middle} ${toY} ${toX} ${toY}`);
  path.setAttribute("class", name);
  cone.append(path);
}
function section(title, items, list) {
  if (!items.length) return [];
  return [make("h3", title), make("ul", items.map((item) => (item.tagName === "LI" ? item : make("li", item))), list)];
}
function facts(pairs) {
  const list = make("dl");
  for (const [name, value] of pairs) if (value && value.length) list.append(make("dt", name), make("dd", value));
  return list;
}
function byNearest(edges, end) {
  const name = (edge) => (nodes.get(edge[end]) || lines.get(edge[end]) || {}).name || "";
  return edges.slice().sort((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0));
}
function why(node) {
  const { seen, found } = reach(node.key, above, "parent");
  const ends = [...seen].filter((key) => lines.has(key));
  const items = [];
  for (const end of ends.slice(0, 1)) {
    let key = end, step = 0;
    items.push(make("li", [`${lines.get(end).where} asks for `, make("code", lines.get(end).text)]));
    while (key !== node.key) {
      const edge = found.get(key);
      key = edge.child;
      step += 1;
      const item = make("li", [link(key), edge.kind === "builds" ? " for a build, " : " ", make("code", edge.range)]);
      item.style.setProperty("--step", step);
      items.push(item);
    }
  }
  const more = ends.length > 1 ? [make("p", `and from ${ends.length - 1} more of the manifest's lines`, { class: "faint" })] : [];
  return [...section("Why it is here", items, { class: "way" }), ...more];
}
const MARKS = ["", " tightest lower bound", " tightest upper bound", " decides the version"];
function show(key) {
  const node = nodes.get(key);
  for (const row of rows) {
    if (row.dataset.key === key) row.setAttribute("aria-current", "true"); else row.removeAttribute("aria-current");
  }
  drawCone(node ? key : null);
  if (!node) { detail.replaceChildren(make("p", "Choose a package to see what it needs, who needs it, and why it has this version.", { class: "faint" })); return; }
  const arriving = above.get(key) || [], leaving = below.get(key) || [];
  const ranges = arriving.filter((edge) => (edge.kind === "needs" || edge.kind === "limits") && edge.range !== node.name);
  const range = (edge, end) => [link(edge[end]), " ", make("code", edge.range)];
  const build = node.build;
  detail.replaceChildren(
    make("h2", `${node.name} ${node.version}`),
    facts([["from", node.label], ["file", node.file && make("code", node.file)], ["source", node.source && make("code", node.source)],
      ["size", node.size], ["license", node.license], ["counts as", node.provides.join(", ")]].map(([a, b]) => [a, b instanceof Node ? [b] : b])),
    ...why(node),
    ...section("Why this version", ranges.map((edge) => [...range(edge, "parent"), edge.kind === "limits" ? " (only limits it)" : "",
      make("strong", MARKS[edge.mark])])),
    ...section("Not used", node.left_out.map((text) => [text])),
    ...(build ? [make("h3", "Built from source"), facts([["mode", build.mode], ["built against", build.matched.join(", ")],
      ["build environment", build.overlay.join(", ")], ["imports", build.imports.join(", ")], ["runs", build.programs.join(", ")],
      ["conda packages", build.conda.join(", ")], ["variables", build.variables.join(" ")]])] : []),
    ...section("Needs", byNearest(leaving.filter((edge) => edge.kind === "needs"), "child").map((edge) => range(edge, "child"))),
    ...section("Its build uses", byNearest(leaving.filter((edge) => edge.kind === "builds"), "child").map((edge) => range(edge, "child"))),
    ...section("Needed by", byNearest(arriving.filter((edge) => LEADS.has(edge.kind)), "parent").map((edge) =>
      [...range(edge, "parent"), edge.kind === "builds" ? " to build it" : ""])),
  );
}
function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const kinds = new Set([...document.querySelectorAll("[name=kind]:checked")].map((box) => box.value));
  let shown = 0;
  for (const row of rows) {
    const node = nodes.get(row.dataset.key), text = `${node.name} ${node.provides.join(" ")}`.toLowerCase();
    row.hidden = !kinds.has(node.kind) || !words.every((word) => text.includes(word));
    shown += !row.hidden;
  }
  document.getElementById("count").textContent = `${shown} of ${rows.length} packages`;
}
function fromAddress() {
  let key = "";
  try { key = decodeURIComponent(location.hash.slice(1)); } catch { /* not ours */ }
  show(nodes.has(key) ? key : data.selected);
}
search.addEventListener("input", filter);
document.querySelector("fieldset").addEventListener("change", filter);
document.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const first = rows.find((row) => !row.hidden);
  if (first) { location.hash = encodeURIComponent(first.dataset.key); }
});
document.getElementById("shapes").addEventListener("click", (event) => {
  const shape = event.target.closest("g[data-key]");
  if (shape && nodes.has(shape.dataset.key)) location.hash = encodeURIComponent(shape.dataset.key);
});
window.addEventListener("hashchange", () => {
  fromAddress();
  if (matchMedia("(max-width: 56rem)").matches) detail.scrollIntoView();
});
filter();
fromAddress();
document.documentElement.dataset.ready = "yes";

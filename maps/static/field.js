// The grid worker's page: start, status at the head, four views by the address's hash.

import { element } from "./field_ask.js";
import { drawList } from "./field_list.js";
import { allowed, here, lastHere } from "./field_here.js";
import { begin, flush, items } from "./field_outbox.js";
import { held, leave, login, packAhead, refresh, take, unpack } from "./field_tasks.js";

// The list comes first; the other views are fetched when it stands, all of them, so that they are there
// when the network is not.
const views = {
  one: function () { return import("./field_task.js"); },
  map: function () { return import("./field_map.js"); },
  report: function () { return import("./field_report.js"); },
  mine: function () { return import("./field_mine.js"); },
};

const DRAW = {
  one: function (where, view, all) { return views.one().then(function (m) { return m.drawTask(where, view, all, draw); }); },
  map: function (where, view, all) { return views.map().then(function (m) { return m.drawMap(where, all); }); },
  report: function (where) { return views.report().then(function (m) { m.drawReport(where, draw); }); },
  outbox: function (where, view, all) { return views.mine().then(function (m) { m.drawOutbox(where, all, draw); }); },
  mine: function (where, view, all) { return views.mine().then(function (m) { m.drawMine(where, all, draw); }); },
  tasks: function (where, view, all) { drawList(where, all, draw); },
};
// These ask for more while they draw: what is there stands at once.
const AT_ONCE = ["one", "map", "report"];

const EVERY_MS = 60000;
const $ = function (id) { return document.getElementById(id); };

let drawing = 0;
let at = "";
let begun = false;

async function status(all) {
  const waits = all.filter(function (item) { return item.who === login() && item.state === "waiting"; }).length;
  const marked = all.filter(function (item) { return item.who === login() && item.state !== "waiting"; }).length;
  const offline = !navigator.onLine || held.lost;
  $("status").className = "status" + (offline ? " off" : "");
  $("line").textContent = offline ? "离线" + (held.shift && !held.fresh ? "，显示本机存的任务" : "") : held.fresh ? "在线" : "正在连接…";
  $("waits").textContent = "待上传 " + waits + (marked ? "，未生效 " + marked : "");
}

// Draws the view of the hash; one that is no longer wanted when it is ready is thrown away.
async function draw() {
  const mine = drawing += 1;
  const all = await items();
  const view = location.hash.slice(1) || "tasks";
  const made = element("div", "view");
  const keep = view === at ? window.scrollY : 0;
  await status(all);
  if (mine !== drawing) return;
  const kind = /^\d+$/.test(view) ? "one" : DRAW[view] ? view : "tasks";
  const tab = kind === "one" ? "tasks" : kind;
  Array.from(document.querySelectorAll("nav a")).forEach(function (link) {
    if (link.hash === "#" + tab) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  });
  if (AT_ONCE.indexOf(kind) >= 0) $("main").replaceChildren(made);
  try {
    await DRAW[kind](made, view, all);
  } catch (error) {
    made.appendChild(element("p", "empty", "这一页没有读到，请联网后再试。"));
  }
  if (mine !== drawing) return;
  if (!made.isConnected) $("main").replaceChildren(made);
  window.scrollTo(0, keep);
  at = view;
  document.body.dataset.ready = held.fresh ? "fresh" : "kept";
}

// Views in which somebody writes or looks at a map are not drawn anew under their hands.
function busy() {
  const view = location.hash.slice(1);
  return view === "map" || view === "report" || Boolean(document.querySelector(".sheet > *")) || Boolean(document.querySelector("main select:focus"));
}

async function changed() {
  await status(await items());
  if (begun && !busy()) await draw();
}

async function look() {
  if (held.shift && Date.parse(held.shift.expires_at) <= Date.now()) {
    await leave();
    Object.assign(held, { shift: null, tasks: [], details: {}, packed: false });
  }
  if (await refresh()) {
    begin(login(), changed, taken);
    await flush();
    packAhead();
  }
  await changed();
}

async function taken(item, answer) {
  if (item.move !== "report") take(answer, item.move);
}

async function start() {
  window.addEventListener("hashchange", draw);
  window.addEventListener("online", look);
  window.addEventListener("offline", changed);
  document.addEventListener("visibilitychange", function () { if (!document.hidden) look(); });
  setInterval(look, EVERY_MS);
  const coming = refresh(function () {
    begin(login(), changed, taken);
    begun = true;
    changed();
  });
  if (await unpack()) {
    begin(login(), changed, taken);
    begun = true;
    await draw();
  }
  const reached = await coming;
  if (held.session) begin(login(), changed, taken);
  begun = true;
  await draw();
  Object.keys(views).forEach(function (name) { views[name]().catch(function () { /* asked for again when it is wanted */ }); });
  if (reached) {
    flush();
    packAhead().then(changed);
  }
  // Last, for it fetches the whole shell once more.
  if ("serviceWorker" in navigator && window.isSecureContext) {
    navigator.serviceWorker.register("/field/sw.js", { scope: "/field" }).catch(function () { /* said on 我的 */ });
  }
  if (!lastHere() && (await allowed()) && (await here(held.shift)) && !busy()) draw();
}

start();

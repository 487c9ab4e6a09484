// The grid worker's page: start, status at the head, four views by the address's hash.

import { element } from "./field_ask.js";
import { drawList } from "./field_list.js";
import { drawMap } from "./field_map.js";
import { drawMine, drawOutbox } from "./field_mine.js";
import { allowed, here, lastHere } from "./field_here.js";
import { begin, flush, items } from "./field_outbox.js";
import { drawReport } from "./field_report.js";
import { held, leave, login, packAhead, refresh, take, unpack } from "./field_tasks.js";
import { drawTask } from "./field_task.js";

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
  const tab = /^\d+$/.test(view) ? "tasks" : view;
  Array.from(document.querySelectorAll("nav a")).forEach(function (link) {
    if (link.hash === "#" + tab) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  });
  if (tab === "map" || tab === "report" || /^\d+$/.test(view)) {
    // These fetch or ask while they draw.
    $("main").replaceChildren(made);
    if (/^\d+$/.test(view)) await drawTask(made, view, all, draw);
    else if (tab === "map") await drawMap(made, all);
    else drawReport(made, draw);
  } else {
    if (tab === "outbox") drawOutbox(made, all, draw);
    else if (tab === "mine") drawMine(made, all, draw);
    else drawList(made, all, draw);
    $("main").replaceChildren(made);
  }
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
  if ("serviceWorker" in navigator && window.isSecureContext) {
    navigator.serviceWorker.register("/field/sw.js", { scope: "/field" }).catch(function () { /* said on 我的 */ });
  }
  const coming = refresh();
  if (await unpack()) {
    begin(login(), changed, taken);
    begun = true;
    await draw();
  }
  const reached = await coming;
  if (held.session) begin(login(), changed, taken);
  begun = true;
  await draw();
  if (reached) {
    flush();
    packAhead().then(changed);
  }
  if (!lastHere() && (await allowed()) && (await here(held.shift)) && !busy()) draw();
}

start();

// The grid worker's page: start, status at the head, four views by the address's hash.

import { element } from "./field_ask.js";
import { drawList } from "./field_list.js";
import { base, here, lastHere, permission } from "./field_here.js";
import { isBroken, onlyHere } from "./field_keep.js";
import { begin, flush, items } from "./field_outbox.js";
import { given, held, leave, login, over, packAhead, refresh, take, unpack } from "./field_tasks.js";

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
const TAP_MS = 60; // from the lifted finger to the click
const $ = function (id) { return document.getElementById(id); };

let drawing = 0;
let lifted = Promise.resolve();
let at = "";
let begun = false;
let lacking = false; // a view that did not arrive: browsers remember a module that failed

function ahead() {
  Object.keys(views).forEach(function (name) { views[name]().catch(function () { lacking = true; }); });
  base().catch(function () { /* asked for again with the first map */ });
}

function status(all) {
  const waits = all.filter(function (item) { return item.who === login() && item.state === "waiting"; }).length;
  const marked = all.filter(function (item) { return item.who === login() && item.state !== "waiting"; }).length;
  const ended = held.trouble === "ended";
  const bad = !navigator.onLine || held.trouble || onlyHere() || isBroken();
  $("status").className = "status" + (bad ? " off" : "");
  $("status").href = ended ? "/login" : "#outbox";
  $("status").target = ended ? "_blank" : "";
  $("line").textContent = standing();
  $("waits").textContent = "待上传 " + waits + (marked ? "，未生效 " + marked : "");
  $("kept").textContent = onlyHere() ? "本机存储已满或打不开：有 " + onlyHere() + " 条只在本页，上传之前请不要关闭、刷新本页" : isBroken() ? "本机存储读不出：已存的不会丢；请重开本页，或在有网络处办理" : "";
}

// How the page stands to the server.
function standing() {
  if (held.trouble === "ended") return "登录已过期：请点这里重新登录，本页内容还在";
  if (!navigator.onLine || held.trouble === "net") return "离线" + (held.shift && !held.fresh ? "，显示本机存的任务" : "");
  if (held.trouble === "server") return "服务器暂时不可用：已办的存在本机，恢复后自动上传";
  return held.fresh ? "在线" : "正在连接…";
}

async function draw() { await paint(await items()); }

// Nothing is put in the place of what a finger is on: the tap would land on nothing.
document.addEventListener("pointerdown", function () {
  lifted = new Promise(function (done) {
    const soon = function () { setTimeout(done, TAP_MS); };
    document.addEventListener("pointerup", soon, { once: true });
    document.addEventListener("pointercancel", soon, { once: true });
  });
});

// Draws the view of the hash. One that is no longer wanted when it is ready is thrown away, and so is a
// list that says what stands there already.
async function paint(all) {
  const mine = drawing += 1;
  const view = location.hash.slice(1) || "tasks";
  const made = element("div", "view");
  const keep = view === at ? window.scrollY : 0;
  status(all);
  if (view === at) await lifted;
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
  const same = kind === "tasks" && made.isEqualNode($("main").firstChild);
  if (!made.isConnected && !same) $("main").replaceChildren(made);
  window.scrollTo(0, keep);
  at = view;
  signInAgain();
  document.body.dataset.ready = held.fresh ? "fresh" : "kept";
}

// Views in which somebody writes or looks at a map are not drawn anew under their hands.
function busy() {
  const view = location.hash.slice(1);
  return view === "map" || view === "report" || Boolean(document.querySelector(".sheet > *")) || Boolean(document.querySelector("main select:focus"));
}

async function changed() {
  const all = await items();
  if (begun && !(at && busy())) await paint(all);
  else status(all);
}

async function look() {
  if (over(held.shift)) {
    await leave();
    Object.assign(held, { shift: null, tasks: [], details: {}, packed: false });
  }
  if (await refresh()) {
    known();
    await flush();
    if (lacking && !busy()) location.reload();
    packAhead();
  }
  await changed();
  signInAgain();
}

// Not from under the hands of somebody who writes, nor away from what lies in this page alone.
function signInAgain() {
  if (held.trouble === "ended" && !busy() && !onlyHere()) location.assign("/login");
}

async function ended() {
  await refresh();
  known();
  await changed();
  signInAgain();
}

async function taken(item, answer) {
  if (item.move !== "report") take(answer, item.move);
}

function known() {
  if (held.session) begin(login(), changed, taken, ended);
  begun = true;
}

async function start() {
  window.addEventListener("hashchange", draw);
  window.addEventListener("online", look);
  window.addEventListener("offline", changed);
  window.addEventListener("beforeunload", function (event) {
    if (!onlyHere()) return;
    event.preventDefault();
    event.returnValue = "";
  });
  document.addEventListener("visibilitychange", function () { if (!document.hidden) look(); });
  setInterval(look, EVERY_MS);
  if (given()) {
    known();
    if (!busy()) await paint([]); // what waits in the outbox is laid over it a moment later
  }
  const coming = refresh(function () {
    known();
    if (!busy()) changed();
  });
  if (await unpack()) {
    known();
    await changed();
  }
  ahead();
  const reached = await coming;
  known();
  await changed();
  if (reached) {
    flush();
    packAhead().then(changed);
  }
  // Last, for it fetches the whole shell once more.
  if ("serviceWorker" in navigator && window.isSecureContext) {
    navigator.serviceWorker.register("/field/sw.js", { scope: "/field" }).catch(function () { /* said on 我的 */ });
  }
  if (!lastHere() && (await permission()) === "granted" && (await here(held.shift)) && !busy()) draw();
}

start();

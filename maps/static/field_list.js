// The list: what is nearest first, one card a task.

import { button, element } from "./field_ask.js";
import { far, here, lastHere, rough, unplaced } from "./field_here.js";
import { away, held, left, now, ordered, overlaid } from "./field_tasks.js";

const FILTERS = [
  ["all", "全部", function () { return true; }],
  ["waiting", "待签收", function (task) { return task.own && task.moves.indexOf("receive") >= 0; }],
  ["hand", "在办", function (task) { return task.mine && task.moves.indexOf("done") >= 0; }],
  ["new", "新到", function (task) { return task.new; }],
  ["late", "临期超期", function (task) { return task.own && urgent(task); }],
];

let chosen = "all";
let kind = "";

function limit(task) {
  if (task.respond_by && !task.contacted_at) return ["联系", task.respond_by];
  return task.handle_by ? ["办理", task.handle_by] : null;
}

function urgent(task) {
  if (task.moves.indexOf("receive") < 0 && task.moves.indexOf("done") < 0) return false;
  const until = limit(task);
  return Boolean(until && Date.parse(until[1]) - now() < 3600000);
}

function card(task) {
  const item = element("li", "card" + (task.own ? "" : " other") + (task.own && urgent(task) ? " urgent" : ""));
  const link = item.appendChild(element(task.own ? "a" : "div", "open"));
  if (task.own) link.href = "#" + task.appeal_id;
  item.dataset.id = task.appeal_id;
  const head = link.appendChild(element("span", "head"));
  head.appendChild(element("b", "", task.class_name || task.class_code || "未分类"));
  head.appendChild(element("span", "far", task.own ? far(away(task)) : "相邻网格"));
  if (task.own) {
    link.appendChild(element("span", "line", task.summary || "（无文字）"));
    link.appendChild(element("span", "line where", [task.community, task.address].filter(Boolean).join(" ")));
  } else {
    link.appendChild(element("span", "line where", [task.community, task.grid].filter(Boolean).join(" ")));
  }
  const foot = link.appendChild(element("span", "foot"));
  foot.appendChild(element("span", "state", task.state_word));
  if (task.urgency === "紧急" || task.urgency === "特急") foot.appendChild(element("span", "tag hot", task.urgency));
  if (task.new) foot.appendChild(element("span", "tag", "新"));
  if (task.border) foot.appendChild(element("span", "tag", "边界待确认"));
  if (task.waits) foot.appendChild(element("span", "tag wait", "待上传"));
  const until = task.own ? limit(task) : null;
  if (until) foot.appendChild(element("span", "until", until[0] + left(until[1])));
  return item;
}

function chips(where, redraw) {
  const row = where.appendChild(element("div", "chips"));
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", "筛选");
  FILTERS.forEach(function (filter) {
    const n = held.tasks.filter(filter[2]).length;
    const chip = row.appendChild(button(filter[1] + " " + n + (held.more ? "+" : ""), "chip", function () {
      chosen = filter[0];
      redraw();
    }));
    chip.setAttribute("aria-pressed", String(chosen === filter[0]));
  });
  const classes = Array.from(new Set(held.tasks.map(function (task) { return (task.class_code || "").split("/")[0]; }))).filter(Boolean).sort();
  if (classes.length < 2) return;
  const choose = row.appendChild(element("select", "chip"));
  choose.setAttribute("aria-label", "类别");
  [["", "全部类别"]].concat(classes.map(function (code) { return [code, code]; })).forEach(function (one) {
    const option = choose.appendChild(element("option", "", one[1]));
    option.value = one[0];
  });
  choose.value = kind;
  choose.addEventListener("change", function () {
    kind = choose.value;
    redraw();
  });
}

export function drawList(where, items, redraw) {
  const bar = where.appendChild(element("div", "bar"));
  bar.appendChild(element("h1", "", "任务"));
  bar.appendChild(button(lastHere() ? "重新定位" : "按距离排序", "plain", async function (event) {
    event.target.disabled = true;
    event.target.textContent = "正在定位…";
    if (await here(held.shift)) redraw();
    else said.textContent = await unplaced();
    event.target.textContent = "按距离排序";
    event.target.disabled = false;
  }));
  const said = where.appendChild(element("p", "note"));
  said.setAttribute("role", "status");
  if (rough(lastHere())) said.textContent = "定位误差约 " + far(lastHere().accuracy_m) + "，距离和次序仅供参考。";
  chips(where, redraw);
  const test = FILTERS.find(function (filter) { return filter[0] === chosen; })[2];
  const tasks = ordered(held.tasks.map(function (task) { return overlaid(task, items); })).filter(function (task) {
    return test(task) && (!kind || (task.class_code || "").split("/")[0] === kind);
  });
  const list = where.appendChild(element("ul", "cards"));
  list.id = "list";
  tasks.forEach(function (task) { list.appendChild(card(task)); });
  if (!tasks.length) where.appendChild(element("p", "empty", nothing()));
  if (held.more) where.appendChild(element("p", "note", "未办工单较多，没有全部列出：本网格（本单位）的优先，其次先到期的优先。"));
}

const NOTHING = { net: "没有网络，本机也没有打包的任务。", server: "服务器暂时不可用，本机也没有打包的任务。请稍后再看，本页会自己再试。" };

function nothing() {
  if (held.trouble === "denied") return "您的岗位没有现场任务。";
  if (!held.fresh && !held.shift) return NOTHING[held.trouble] || "正在读取任务…";
  return chosen === "all" && !kind ? "您的网格目前没有任务。" : "没有符合筛选的任务。";
}

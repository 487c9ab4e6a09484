"use strict";

// Words and figures of the pages, as an office writes them.
var wangge = window.wangge || {};
window.wangge = wangge;

wangge.KINDS = {
  surge: "突增",
  first: "首次反映",
  sensitive: "敏感（风险性诉求）",
  cluster: "集中反映",
  subject: "集中反映",
  drift: "倾向性问题",
  possible: "待核实（可能敏感）",
};

// What a toggle shows or hides: a word, and the kinds it stands for.
wangge.KIND_TOGGLES = [
  ["突增", ["surge"]],
  ["集中反映", ["cluster", "subject"]],
  ["倾向性问题", ["drift"]],
  ["首次反映", ["first"]],
  ["敏感", ["sensitive"]],
  ["待核实", ["possible"]],
];

wangge.LEVELS = {
  red: { word: "红", colour: "#c4161c", ink: "#ffffff" },
  orange: { word: "橙", colour: "#f08c00", ink: "#1d1d1f" },
  yellow: { word: "黄", colour: "#f2c200", ink: "#1d1d1f" },
  blue: { word: "蓝", colour: "#1f5fae", ink: "#ffffff" },
};

wangge.STATES = {
  detected: "已发现，待核实",
  verified: "已核实",
  assessed: "已研判",
  signed: "已审签",
  pushed: "已推送",
  received: "已签收",
  handling: "处置中",
  reported_back: "已反馈",
  lifted: "已解除",
  reviewed: "已复盘",
  withdrawn: "已撤销",
  expired: "已到期",
  merged: "已并案",
};

wangge.VERDICTS = { true: "属实", false: "不属实", known: "已知（在办）", undone: "撤回判定" };

wangge.ASIDE = {
  over_budget: "超出提示数，未单独提示",
  known: "已知（在办）事项再次出现",
  judged_false: "同类曾判不属实，证据未达要求",
  snoozed: "暂不提示期内",
};

// States of a whistle.
wangge.STAGES = {
  drafted: "已拟哨，待审核",
  approved: "已审核，待吹哨",
  blown: "已吹哨，待应哨",
  answered: "已应哨",
  on_site: "已报到，处置中",
  reported_back: "已反馈，待销哨",
  ended: "已销哨",
  withdrawn: "已撤回",
};

// States in which nobody has to deal with an alert any more (api/store.py counts by the same).
wangge.ENDED = ["withdrawn", "expired", "lifted", "reviewed", "merged"];

wangge.MEASURES = { n: "诉求量", rate: "每千户诉求量", growth: "环比" };

// Places as they travel, one array a figure (null where nothing is known), as one object each.
wangge.rows = function (columns) {
  function Place(at) { this.at = at; }
  Object.keys(columns).forEach(function (name) {
    const values = columns[name];
    Object.defineProperty(Place.prototype, name, { get: function () { return values && values[this.at]; } });
  });
  return columns.code.map(function (_, at) { return new Place(at); });
};

wangge.element = function (tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined && text !== null) made.textContent = text;
  return made;
};

wangge.number = function (value) {
  return Number(value).toLocaleString("zh-CN", { maximumFractionDigits: 10 });
};

wangge.share = function (value) {
  return Math.abs(value * 100).toFixed(1) + "%";
};

// An expectation of people: below one a number would pretend to be exact.
wangge.usual = function (expected) {
  if (typeof expected !== "number") return "";
  if (expected < 1) return "不到 1 人";
  return "约 " + expected.toFixed(expected < 10 ? 1 : 0) + " 人";
};

wangge.counted = function (alert) {
  return wangge.number(alert.cases) + " 件 / " + wangge.number(alert.callers) + " 人";
};

// The jurisdiction's day, as the overview tells it.
wangge.today = "";

// The year that need not be said; the overview tells it.
wangge.year = new Date().getFullYear();

// A moment on the jurisdiction's clock: the server wrote it with the offset of that very moment,
// so the digits are taken as they stand. 11月1日 08:30
wangge.moment = function (iso) {
  const found = /^\d{4}-\d{2}-\d{2}[T ](\d{2}:\d{2})/.exec(iso || "");
  return found ? wangge.day(iso) + " " + found[1] : "";
};

wangge.day = function (iso) {
  const found = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso || "");
  if (!found) return "";
  const year = Number(found[1]) === wangge.year ? "" : Number(found[1]) + "年";
  return year + Number(found[2]) + "月" + Number(found[3]) + "日";
};

// 2026年10月1日0时至10月31日24时
wangge.span = function (first, last) {
  const from = /^(\d{4})-(\d{2})-(\d{2})/.exec(first);
  const to = /^(\d{4})-(\d{2})-(\d{2})/.exec(last);
  const end = (from[1] === to[1] ? "" : to[1] + "年") + Number(to[2]) + "月" + Number(to[3]) + "日24时";
  return from[1] + "年" + Number(from[2]) + "月" + Number(from[3]) + "日0时至" + end;
};

wangge.GRAVITY = { blue: 1, yellow: 2, orange: 3, red: 4 };

// open: somebody has to deal with it; over: more than can be read today; aside: kept, not told, for
// another reason; ended; past: found in old data, shown and never delivered (api/store.py counts by
// the same).
wangge.group = function (alert) {
  if (alert.historical) return "past";
  if (wangge.ENDED.indexOf(alert.state) >= 0) return "ended";
  if (!alert.aside) return "open";
  return alert.aside === "over_budget" && String(alert.opened_at).slice(0, 10) === wangge.today ? "over" : "aside";
};

wangge.badge = function (level, hollow) {
  const of = wangge.LEVELS[level] || { word: "—", colour: "#555555", ink: "#ffffff" };
  const made = wangge.element("span", hollow ? "badge hollow" : "badge", of.word);
  made.style[hollow ? "borderColor" : "background"] = of.colour;
  if (!hollow) made.style.color = of.ink;
  return made;
};

// What stands behind an alert, one line a place and class in which it showed; a reason that was
// said already is not said again.
wangge.evidence = function (signals, said) {
  const table = wangge.element("table", "evidence");
  const head = wangge.element("tr");
  ["地点", "类别", "时段", "件 / 人", "往常"].forEach(function (word) {
    const cell = wangge.element("th", "", word);
    cell.scope = "col";
    head.appendChild(cell);
  });
  table.appendChild(wangge.element("thead")).appendChild(head);
  const body = table.appendChild(wangge.element("tbody"));
  signals.forEach(function (signal) {
    const line = wangge.element("tr");
    [
      signal.area_name,
      signal.class_code || "各类诉求",
      "至 " + wangge.moment(signal.tick) + " 的 " + signal.window_h + " 小时",
      wangge.counted(signal),
      wangge.usual(signal.expected) || "—",
    ].forEach(function (word) { line.appendChild(wangge.element("td", "", word)); });
    body.appendChild(line);
    const why = wangge.element("td", "why", signal.reason === said ? "" : signal.reason);
    why.colSpan = 5;
    body.appendChild(wangge.element("tr")).appendChild(why);
  });
  return table;
};

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
};

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
};

wangge.MEASURES = { n: "诉求量", rate: "每千户诉求量", growth: "环比" };

wangge.element = function (tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined && text !== null) made.textContent = text;
  return made;
};

wangge.number = function (value) {
  return Number(value).toLocaleString("zh-CN");
};

wangge.share = function (value) {
  return Math.abs(value * 100).toFixed(Math.abs(value) < 0.1 ? 1 : 0) + "%";
};

// Minutes by which the jurisdiction's clock is ahead of UTC; the overview tells it.
wangge.offset = -new Date().getTimezoneOffset();

wangge.readOffset = function (iso) {
  const found = /([+-])(\d{2}):?(\d{2})$/.exec(iso || "");
  if (found) wangge.offset = (found[1] === "-" ? -1 : 1) * (60 * Number(found[2]) + Number(found[3]));
};

// A moment on the jurisdiction's clock, wherever the browser stands: 11月1日 08:30.
wangge.moment = function (iso) {
  const at = Date.parse(iso);
  if (isNaN(at)) return "";
  const local = new Date(at + wangge.offset * 60000).toISOString();
  return wangge.day(local) + " " + local.slice(11, 16);
};

wangge.day = function (iso) {
  const found = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso || "");
  return found ? Number(found[2]) + "月" + Number(found[3]) + "日" : "";
};

wangge.GRAVITY = { blue: 1, yellow: 2, orange: 3, red: 4 };

wangge.gravity = function (alerts) {
  return Math.max.apply(null, alerts.map(function (alert) { return wangge.GRAVITY[alert.level] || 0; }));
};

// One mark for the alerts of one place: the gravest level, and how many there are.
wangge.pileBadge = function (alerts) {
  const gravest = alerts.reduce(function (a, b) {
    return (wangge.GRAVITY[b.level] || 0) > (wangge.GRAVITY[a.level] || 0) ? b : a;
  });
  const made = wangge.badge(gravest.level);
  made.removeAttribute("title");
  if (alerts.length > 1) made.appendChild(wangge.element("span", "how-many", String(alerts.length)));
  return made;
};

wangge.badge = function (level) {
  const of = wangge.LEVELS[level] || { word: "—", colour: "#555555", ink: "#ffffff" };
  const made = wangge.element("span", "badge", of.word);
  made.style.background = of.colour;
  made.style.color = of.ink;
  made.title = "提示等级：" + of.word;
  return made;
};

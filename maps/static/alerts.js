"use strict";

// All alerts by what they wait for; one is opened on its own page.
(function (wangge) {
  const $ = function (id) { return document.getElementById(id); };
  const element = wangge.element;
  // A liaison sees what concerns their duties, and what was told to them.
  const liaison = function () { return wangge.rights.indexOf("answer") >= 0 && wangge.rights.indexOf("respond") < 0; };
  const live = function (alert) { return !alert.historical && !alert.aside; };
  const SHEETS = [
    ["open", "未解除", function (a) { return wangge.group(a) === "open"; }],
    ["detected", "待核实", function (a) { return live(a) && a.state === "detected"; }],
    ["assessed", "待审签、待推送", function (a) { return live(a) && ["verified", "assessed", "signed"].indexOf(a.state) >= 0; }],
    ["pushed", "待签收、处置", function (a) { return live(a) && ["pushed", "received", "handling", "reported_back"].indexOf(a.state) >= 0; }],
    ["ended", "待复盘", function (a) { return live(a) && ["lifted", "expired", "withdrawn"].indexOf(a.state) >= 0; }],
    ["all", "全部", function () { return true; }],
  ];
  const MOST = 500;
  let all = [];
  let next = null;
  let sheet = location.hash.slice(1) || "open";

  function item(alert) {
    const made = element("li");
    const link = made.appendChild(element("a"));
    link.href = "/alerts/" + alert.id;
    link.appendChild(wangge.badge(alert.level, wangge.group(alert) !== "open"));
    const text = link.appendChild(element("span"));
    text.appendChild(element("b", "", alert.headline));
    const meta = text.appendChild(element("span", "meta"));
    [
      wangge.STATES[alert.state] || alert.state,
      wangge.KINDS[alert.kind] || alert.kind,
      alert.area_name,
      wangge.counted(alert),
      "提示 " + wangge.moment(alert.opened_at),
      alert.unconfirmed ? "未确认：当日结束后复核未再发现" : "",
      alert.historical ? "历史提示，不推送" : "",
      alert.aside ? wangge.ASIDE[alert.aside] || "" : "",
    ].forEach(function (word) { if (word) meta.appendChild(element("span", "", word)); });
    return made;
  }

  function show() {
    const box = $("sheets");
    box.textContent = "";
    SHEETS.forEach(function (of) {
      const n = all.filter(of[2]).length;
      const button = box.appendChild(element("button", "", of[1] + " " + n + (next && of[0] === "all" ? "+" : "")));
      button.type = "button";
      button.setAttribute("role", "tab");
      button.setAttribute("aria-selected", String(of[0] === sheet));
      button.addEventListener("click", function () { sheet = of[0]; history.replaceState(null, "", "#" + sheet); show(); });
    });
    const holds = (SHEETS.find(function (of) { return of[0] === sheet; }) || SHEETS[0])[2];
    const level = $("level").value;
    const words = $("words").value.trim();
    const found = all.filter(function (alert) {
      return holds(alert) && (!level || alert.level === level)
        && (!words || (alert.headline + alert.reason + alert.area_name + alert.class_code).indexOf(words) >= 0);
    });
    found.sort(function (a, b) {
      return Number(wangge.group(b) === "open") - Number(wangge.group(a) === "open")
        || (wangge.group(a) === "open" ? wangge.GRAVITY[b.level] - wangge.GRAVITY[a.level] : 0) || b.id - a.id;
    });
    $("list").textContent = "";
    found.forEach(function (alert) { $("list").appendChild(item(alert)); });
    $("state").textContent = found.length ? "共 " + found.length + " 条" : all.length ? "此环节目前没有提示。" : liaison() ? "目前没有涉及您职责的提示。" : "目前没有风险提示。";
    $("more").hidden = !next;
  }

  function load(after) {
    return wangge.ask("/api/alerts?limit=" + MOST + (after ? "&after=" + encodeURIComponent(after) : "")).then(function (page) {
      all = after ? all.concat(page.items) : page.items;
      next = page.next;
      show();
    });
  }

  $("level").addEventListener("change", show);
  $("words").addEventListener("input", show);
  $("more").addEventListener("click", function () { load(next).catch(wangge.lost); });
  wangge.session.then(function () { return load(null); }).catch(wangge.lost);
  setInterval(function () { if (all.length <= MOST) load(null).then(function () { $("lost").hidden = true; }).catch(wangge.lost); }, 30000);
})(window.wangge);

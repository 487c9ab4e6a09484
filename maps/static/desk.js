"use strict";

// The duty desk: figures, list and map, kept up to date by one event stream.
(function (wangge) {
  const $ = function (id) { return document.getElementById(id); };
  const PAGE = 50;
  const OVERVIEW_EVERY_MS = 60000;
  const REOPEN_AFTER_MS = 3000;
  const LOST_AFTER_MS = 3000;

  let next = null;
  let newestDay = "";
  let lastHeard = "";
  let lostTimer = null;
  let retryTimer = null;
  let place = "";
  let unseen = 0;
  let layerAsked = 0;

  const map = wangge.makeMap(pick);
  const list = wangge.makeList(pick);

  function pick(id) {
    list.pick(id);
    map.point(id);
    if (window.innerWidth <= 760 && document.activeElement && document.activeElement.closest("li")) {
      $("map").scrollIntoView({ block: "nearest" });
    }
  }

  function get(address) {
    return fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" }).then(function (answer) {
      if (!answer.ok) throw new Error("HTTP " + answer.status);
      return answer.json();
    });
  }

  // --- what the top says -------------------------------------------------------------------------

  // The window's title counts what came while nobody looked.
  function showTitle() {
    document.title = (unseen ? "（" + unseen + "条新提示）" : "") + place + "诉求风险提示 · 值班台";
  }

  document.addEventListener("visibilitychange", function () {
    if (document.hidden) return;
    unseen = 0;
    showTitle();
  });

  function showOverview(overview) {
    wangge.readOffset(overview.as_of);
    $("jurisdiction").textContent = overview.jurisdiction;
    place = overview.jurisdiction;
    showTitle();
    $("demo").hidden = !overview.demo;
    $("open-count").textContent = "未解除 " + wangge.number(overview.alerts_open) + " 条";
    const day = overview.day || overview.as_of;
    const now = String(overview.as_of);
    newestDay = String(day).slice(0, 10);
    const today = newestDay === now.slice(0, 10);
    $("as-of").textContent = today
      ? "截至 " + wangge.moment(now)
      : "最新数据 " + newestDay.slice(0, 4) + "年" + wangge.day(newestDay);
    const figures = $("figures");
    figures.textContent = "";
    [
      [(today ? "今日" : "当日") + "受理量", overview.today.received, "件"],
      ["有点位", overview.today.located, "件"],
      ["已落图", overview.today.placed, "件"],
      ["待确认", overview.today.needs_confirm, "件"],
      ["未能定位", overview.today.unlocated, "件"],
      ["涉及街乡镇", overview.streets, "个"],
    ].forEach(function (figure) {
      const box = wangge.element("div");
      box.appendChild(wangge.element("dt", "", figure[0]));
      const value = wangge.element("dd", "", wangge.number(figure[1]));
      value.appendChild(wangge.element("small", "", " " + figure[2]));
      box.appendChild(value);
      figures.appendChild(box);
    });
    heard();
  }

  function loadOverview() {
    return get("/api/overview").then(showOverview);
  }

  // --- connection --------------------------------------------------------------------------------

  function heard() {
    const now = new Date();
    lastHeard = now.toTimeString().slice(0, 5);
    clearTimeout(lostTimer);
    lostTimer = null;
    $("lost").hidden = true;
  }

  function missed() {
    if (lostTimer !== null) return;
    lostTimer = setTimeout(function () {
      $("lost").textContent = "与服务器的连接中断，正在重新连接。页面数据停留在" + (lastHeard ? " " + lastHeard : "打开时") + "。";
      $("lost").hidden = false;
    }, LOST_AFTER_MS);
  }

  // The browser comes back by itself after a break, except after a refusal. What was missed
  // meanwhile is read anew: before its first event a browser has no position to resume from.
  function follow(broken) {
    const stream = new EventSource("/api/alerts/stream");
    stream.addEventListener("open", function () {
      heard();
      if (!broken) return;
      broken = false;
      loadAlerts();
      loadOverview().catch(missed);
    });
    stream.addEventListener("alert", function (event) {
      heard();
      take(JSON.parse(event.data), true);
      loadOverview().catch(missed);
    });
    stream.addEventListener("resync", function () {
      loadAlerts();
      loadOverview().catch(missed);
    });
    stream.addEventListener("error", function () {
      missed();
      broken = true;
      if (stream.readyState === EventSource.CLOSED) setTimeout(follow, REOPEN_AFTER_MS, true);
    });
  }

  // --- alerts ------------------------------------------------------------------------------------

  function take(alert, fresh) {
    list.put(alert, fresh);
    if (fresh && document.hidden) unseen += 1;
    showTitle();
    map.showAlert(alert);
    list.trim().forEach(function (id) { map.showAlert({ id: id }); });
  }

  function loadAlerts() {
    return get("/api/alerts?limit=" + PAGE).then(function (page) {
      map.dropAlerts();
      list.fill(page.items);
      page.items.forEach(map.showAlert);
      next = page.next;
      $("more").hidden = !next;
      heard();
    }).catch(function () {
      list.say("风险提示读取失败，稍后自动重试。", true);
      missed();
      clearTimeout(retryTimer);
      retryTimer = setTimeout(loadAlerts, REOPEN_AFTER_MS);
    });
  }

  $("more").addEventListener("click", function () {
    get("/api/alerts?limit=" + PAGE + "&after=" + encodeURIComponent(next)).then(function (page) {
      page.items.forEach(function (alert) { take(alert, false); });
      next = page.next;
      $("more").hidden = !next;
    }).catch(missed);
  });

  // --- layers ------------------------------------------------------------------------------------

  // The newest month with data and the twelve before it.
  function fillMonths() {
    const newest = /^(\d{4})-(\d{2})/.exec(newestDay || new Date().toISOString());
    $("month").textContent = "";
    let year = Number(newest[1]);
    let month = Number(newest[2]);
    for (let i = 0; i < 13; i += 1) {
      const option = wangge.element("option", "", year + "年" + month + "月");
      option.value = year + "-" + (month < 10 ? "0" : "") + month;
      $("month").appendChild(option);
      month -= 1;
      if (month === 0) {
        month = 12;
        year -= 1;
      }
    }
  }

  function loadLayer() {
    layerAsked += 1;
    const mine = layerAsked;
    const measure = $("measure").value;
    $("map-state").textContent = "正在读取…";
    get("/api/layers/" + $("level").value + "?month=" + $("month").value).then(function (collection) {
      if (mine !== layerAsked) return;
      map.showUnits(collection, measure);
      const any = collection.features.some(function (f) { return f.properties.n !== 0; });
      $("map-state").textContent = any ? "" : collection.features.length ? "本月没有诉求" : "没有这一层级的边界数据";
    }).catch(function (error) {
      if (mine !== layerAsked) return;
      // An old month under the name of a new one would mislead: nothing is shown.
      map.clearUnits();
      $("map-state").textContent = error.message === "HTTP 422" ? "该月没有诉求数据" : "地图数据读取失败，请稍后再试";
    });
  }

  ["level", "measure", "month"].forEach(function (id) { $(id).addEventListener("change", loadLayer); });
  window.addEventListener("resize", map.refresh);

  // The stream first, the list second: what happens between the two is put in twice, never lost.
  follow(false);
  loadOverview().catch(missed).then(function () {
    loadAlerts();
    fillMonths();
    loadLayer();
  });
  setInterval(function () { loadOverview().catch(missed); }, OVERVIEW_EVERY_MS);
})(window.wangge);

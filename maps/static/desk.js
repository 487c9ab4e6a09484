"use strict";

// The duty desk: figures, list and map, kept up to date by one event stream.
(function (wangge) {
  const $ = function (id) { return document.getElementById(id); };
  const PAGE = 500;
  const OVERVIEW_EVERY_MS = 60000;
  const REOPEN_AFTER_MS = 3000;
  const LOST_AFTER_MS = 3000;
  const LAYER_EVERY_MS = 600000;

  let next = null;
  let months = [];
  let lastHeard = "";
  let lostTimer = null;
  let retryTimer = null;
  let place = "";
  let unseen = 0;
  let layerAsked = 0;

  const map = wangge.makeMap(function (alert) {
    showTab("list");
    list.pick(alert.id, true);
    map.mark(alert);
  });
  const toggles = wangge.makeToggles($("toggles"), function () { list.refresh(); });
  const list = wangge.makeList(
    toggles.shows,
    function (id) { return get("/api/alerts/" + id); },
    map.point,
    function (alerts) {
      toggles.count(list.all());
      $("toggles").hidden = !list.all().length;
      map.showAlerts(alerts);
    },
    function () {
      showTab("map");
      $("map").scrollIntoView({ block: "nearest" });
    },
    function (numbers) { places.of(numbers); },
    send
  );

  const places = wangge.makePlaces(get, send, {
    ask: function (start, onPoint) {
      showTab("map");
      map.ask(start, function (lon, lat) {
        onPoint(lon, lat);
        showTab("list");
      });
    },
    unask: map.unask,
  }, function () {
    loadOverview().catch(missed);
    loadLayer();
  });

  // On a phone either the list or the map is in sight, on a desk both.
  function showTab(name) {
    document.body.classList.toggle("on-map", name === "map");
    $("tab-list").setAttribute("aria-pressed", String(name === "list"));
    $("tab-map").setAttribute("aria-pressed", String(name === "map"));
    map.refresh();
  }
  $("tab-list").addEventListener("click", function () { showTab("list"); });
  $("tab-map").addEventListener("click", function () { showTab("map"); });

  function get(address) {
    return fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" }).then(function (answer) {
      if (!answer.ok) throw new Error("HTTP " + answer.status);
      return answer.json();
    });
  }

  function send(address, body) {
    return fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(body),
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
    const now = String(overview.as_of);
    wangge.year = Number(now.slice(0, 4));
    wangge.today = now.slice(0, 10);
    $("jurisdiction").textContent = overview.jurisdiction;
    place = overview.jurisdiction;
    showTitle();
    $("demo").hidden = !overview.demo;
    $("open-count").textContent = "未解除 " + wangge.number(overview.alerts_open) + " 条"
      + (overview.alerts_historical ? "，历史 " + wangge.number(overview.alerts_historical) + " 条" : "")
      + (overview.alerts_ended ? "，已结束 " + wangge.number(overview.alerts_ended) + " 条" : "");
    list.totals({
      open: overview.alerts_open,
      over: overview.alerts_over_budget,
      aside: overview.alerts_aside,
      past: overview.alerts_historical,
      ended: overview.alerts_ended,
    });
    const today = overview.day === now.slice(0, 10);
    $("as-of").textContent = today ? "截至 " + wangge.moment(now)
      : overview.day ? "最新数据 " + wangge.day(overview.day) : "尚无诉求数据";
    showMonths(overview.months);
    const figures = $("figures");
    figures.textContent = "";
    [
      [(today ? "今日" : "当日") + "受理量", overview.today.received],
      ["已落图", overview.today.placed],
      ["待确认", overview.today.needs_confirm, "needs_confirm"],
      ["辖区外", overview.today.outside, "outside"],
      ["未能定位", overview.today.unlocated, "unlocated"],
    ].forEach(function (figure) {
      const box = wangge.element("div");
      const word = box.appendChild(wangge.element("dt", "", figure[2] ? "" : figure[0]));
      if (figure[2]) {
        const link = word.appendChild(wangge.element("button", "", figure[0]));
        link.type = "button";
        link.title = "逐件查看，改落点";
        link.addEventListener("click", function () {
          showTab("list");
          places.inDoubt(figure[2]);
        });
      }
      const value = wangge.element("dd", "", wangge.number(figure[1]));
      value.appendChild(wangge.element("small", "", " 件"));
      box.appendChild(value);
      figures.appendChild(box);
    });
    heard();
    lastHeard = wangge.moment(now);
  }

  function loadOverview() {
    return get("/api/overview").then(showOverview);
  }

  // --- connection --------------------------------------------------------------------------------

  function heard() {
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
      const alert = JSON.parse(event.data);
      list.put(alert, true);
      list.trim();
      if (document.hidden) unseen += 1;
      showTitle();
      wangge.ring(alert);
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

  function loadAlerts() {
    return get("/api/alerts?limit=" + PAGE).then(function (page) {
      list.fill(page.items);
      wangge.knownAlerts(page.items);
      next = page.next;
      list.more.hidden = !next;
      heard();
    }).catch(function () {
      list.say("风险提示读取失败，稍后自动重试。", true);
      missed();
      clearTimeout(retryTimer);
      retryTimer = setTimeout(loadAlerts, REOPEN_AFTER_MS);
    });
  }

  list.more.addEventListener("click", function () {
    get("/api/alerts?limit=" + PAGE + "&after=" + encodeURIComponent(next)).then(function (page) {
      list.grow(page.items.length);
      page.items.forEach(function (alert) { list.put(alert, false); });
      next = page.next;
      list.more.hidden = !next;
    }).catch(missed);
  });

  // --- layers ------------------------------------------------------------------------------------

  // The statistical months that have data, the newest first; a choice once made stays.
  function showMonths(those) {
    if (JSON.stringify(those) === JSON.stringify(months)) return;
    const known = months.length > 0;
    const chosen = $("month").value;
    months = those;
    $("month").textContent = "";
    months.forEach(function (of) {
      const option = wangge.element("option", "", Number(of.month.slice(0, 4)) + "年" + Number(of.month.slice(5)) + "月");
      option.value = of.month;
      option.selected = of.month === chosen;
      $("month").appendChild(option);
    });
    $("month").disabled = !months.length;
    if (!known) loadLayer();
  }

  function loadLayer() {
    layerAsked += 1;
    const mine = layerAsked;
    const measure = $("measure").value;
    const span = months.find(function (of) { return of.month === $("month").value; });
    $("period").textContent = span ? "统计时间：" + wangge.span(span.first_day, span.last_day) + " · 属地口径" : "";
    if (!span) {
      $("map-state").textContent = "尚无诉求数据";
      return;
    }
    $("map-state").textContent = "正在读取…";
    const level = $("level").value;
    const month = $("month").value;
    const figures = get("/api/hotspots?form=columns&level=" + level + "&month=" + month);
    map.withShapes(figures, level, month).then(function (got) {
      if (mine !== layerAsked) return;
      const items = wangge.rows(got[0].columns);
      map.showUnits(items, got[1], measure);
      const any = items.some(function (place) { return place.n !== 0; });
      $("map-state").textContent = any ? "" : map.hasShapes() ? "本月没有诉求" : "没有这一层级的边界数据";
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
    if (!months.length) loadLayer();
  });
  setInterval(function () { loadOverview().catch(missed); }, OVERVIEW_EVERY_MS);
  setInterval(loadLayer, LAYER_EVERY_MS);
})(window.wangge);

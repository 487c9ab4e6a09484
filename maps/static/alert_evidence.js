"use strict";

// What stands behind an alert: when the appeals came, where they are, what they are about.
(function (wangge) {
  const element = wangge.element;
  const HOURS_SHOWN = 72;
  const MOST_APPEALS = 500; // that are read of one alert

  function shape(parent, tag, attributes, words) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    Object.keys(attributes).forEach(function (name) { made.setAttribute(name, attributes[name]); });
    if (words !== undefined) made.textContent = words;
    return parent.appendChild(made);
  }

  // Bars by hour up to the newest appeal, by day where they reach further back than three days.
  wangge.alertCurve = function (box, where, appeals) {
    const moments = appeals.filter(function (one) { return one.received_at; }).map(function (one) {
      return Date.parse(one.received_at);
    });
    box.hidden = moments.length < 2;
    if (box.hidden) return;
    const last = Math.max.apply(null, moments);
    const first = Math.min.apply(null, moments);
    const daily = last - first > HOURS_SHOWN * 3600000;
    const step = daily ? 86400000 : 3600000;
    const n = Math.max(6, Math.floor((last - first) / step) + 1);
    const counts = new Array(n).fill(0);
    moments.forEach(function (at) { counts[n - 1 - Math.floor((last - at) / step)] += 1; });
    const most = Math.max.apply(null, counts);
    where.textContent = "";
    document.getElementById("curve-words").textContent = daily ? "每日件数" : "每小时件数";
    const svg = shape(where, "svg", { viewBox: "0 0 600 150", role: "img",
      "aria-label": (daily ? "每日" : "每小时") + "件数，最多 " + most + " 件" });
    const wide = 580 / n;
    counts.forEach(function (count, i) {
      const high = 100 * count / most;
      const bar = shape(svg, "rect", { x: 10 + i * wide, y: 122 - high, width: Math.max(wide - 2, 1), height: high });
      shape(bar, "title", {}, count + " 件");
      if (count && wide > 16) shape(svg, "text", { x: 10 + i * wide + wide / 2, y: 117 - high, "text-anchor": "middle" }, String(count));
    });
    const stamp = function (at) {
      const found = appeals.find(function (one) { return Date.parse(one.received_at) === at; });
      return wangge.moment(found.received_at);
    };
    shape(svg, "text", { x: 10, y: 142 }, stamp(first));
    shape(svg, "text", { x: 590, y: 142, "text-anchor": "end" }, stamp(last));
  };

  // The alert's place and the appeals whose points the reader may see, on the borders of streets.
  wangge.alertMap = function (box, alert, appeals) {
    const points = appeals.filter(function (one) { return typeof one.lon === "number"; });
    box.hidden = typeof alert.lon !== "number" && !points.length;
    if (box.hidden || box.dataset.made) return;
    box.dataset.made = "yes";
    const map = L.map("map", wangge.mapOptions({ zoomSnap: 0.25 }));
    wangge.addBase(map);
    L.control.scale({ imperial: false }).addTo(map);
    const all = points.map(function (one) { return [one.lat, one.lon]; });
    if (typeof alert.lon === "number") all.push([alert.lat, alert.lon]);
    map.fitBounds(L.latLngBounds(all).pad(0.4), { maxZoom: 15 });
    let names = new Map();
    const areas = wangge.makeAreas(map, function (code) { return names.has(code) ? "#ffffff" : null; });
    wangge.pointAtAreas(map, areas, { tip: function (code) { return element("span", "", names.get(code) || code); } });
    const streets = fetch("/api/hotspots?form=columns&level=street").then(function (answer) {
      if (!answer.ok) throw new Error("HTTP " + answer.status);
      return answer.json();
    });
    areas.cuts.together(streets, "/api/layers/street/cuts/", "").then(function (got) {
      names = new Map(wangge.rows(got[0].columns).map(function (street) { return [street.code, street.name]; }));
      areas.cuts.hold(got[1]);
      areas.redraw();
    }).catch(function () { /* points stand without borders too */ });
    points.forEach(function (one) {
      L.circleMarker([one.lat, one.lon], { radius: 7, color: "#1d1d1f", weight: 1, fillColor: "#f08c00", fillOpacity: 0.9 })
        .bindTooltip(element("span", "", wangge.moment(one.received_at) + " " + (one.class_code || ""))).addTo(map);
    });
    if (typeof alert.lon === "number") {
      const icon = L.divIcon({ className: "mark", html: wangge.badge(alert.level, false), iconSize: [30, 30] });
      L.marker([alert.lat, alert.lon], { icon: icon, title: alert.area_name }).addTo(map);
    }
  };

  wangge.alertAppeals = function (box, where, appeals) {
    box.hidden = !appeals.length;
    document.getElementById("appeals-count").textContent = (appeals.length < MOST_APPEALS ? "" : "最近 ") + appeals.length + " 件";
    where.textContent = "";
    where.appendChild(wangge.table(["时间", "地点", "内容"], appeals.slice(0, 50).map(function (one) {
      const place = [one.street, one.community, one.address].filter(Boolean).join(" ");
      return [wangge.moment(one.received_at), place || "—", one.text || one.subject || one.class_code || "—"];
    })));
    if (appeals.length > 50) where.appendChild(element("p", "quiet", "仅列最近 50 件"));
  };
})(window.wangge);

// The map: own grid and its neighbours, own tasks, and a small one on which a point is chosen. Leaflet is
// fetched when the first map is asked for: the list does not wait for it.

import { button, element, load } from "./field_ask.js";
import { base, here, lastHere, unplaced } from "./field_here.js";
import { held, overlaid } from "./field_tasks.js";

const ME = "#1a73e8";
const REACH_PX = 48; // a thumb's width: what lies closer stands together
const LISTED = 6;

let wanted = null;

function leaflet() {
  if (window.L) return Promise.resolve();
  wanted = wanted || Promise.all([
    base(),
    load("link", { rel: "stylesheet", href: "/static/vendor/leaflet/dist/leaflet.css" }),
    load("script", { src: "/static/vendor/leaflet/dist/leaflet.js" }),
  ]);
  wanted.catch(function () { wanted = null; });
  return wanted;
}

function make(box, name) {
  const map = L.map(box, wangge.mapOptions({ zoomControl: false, zoomSnap: 0.5 }));
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", name);
  map.setView([35, 104], 6);
  wangge.addBase(map);
  L.control.scale({ imperial: false }).addTo(map);
  return map;
}

function grids(map) {
  if (!held.shift || !held.shift.grids.features.length) return null;
  return L.geoJSON(held.shift.grids, {
    interactive: false,
    style: function (feature) {
      const own = feature.properties.own;
      return { color: own ? "#111111" : "#5b6b70", weight: own ? 3 : 1, fillColor: own ? "#fff4cc" : "#ffffff", fillOpacity: wangge.fillOpacity() * 0.6 };
    },
  }).addTo(map);
}

function me(map, at) {
  const spot = [at.lat, at.lon];
  return L.layerGroup([
    L.circle(spot, { radius: at.accuracy_m, color: ME, weight: 1, fillOpacity: 0.15, interactive: false }),
    L.circleMarker(spot, { radius: 8, color: "#ffffff", weight: 3, fillColor: ME, fillOpacity: 1, interactive: false }),
  ]).addTo(map);
}

function said(task) { return (task.class_name || "诉求") + "，" + task.state_word; }

// Tasks of one building would hide each other: they stand as one mark with their number, and a tap lists them.
function put(marks, tasks, map) {
  marks.clearLayers();
  const piles = [];
  tasks.forEach(function (task) {
    const at = map.latLngToLayerPoint([task.lat, task.lon]);
    const pile = piles.find(function (one) { return one.at.distanceTo(at) < REACH_PX; });
    if (pile) pile.tasks.push(task);
    else piles.push({ at: at, tasks: [task] });
  });
  piles.forEach(function (pile) {
    const own = pile.tasks;
    const late = own.some(function (task) { return task.late; });
    const words = own.length > 1 ? own.length + " 件任务" + (late ? "，有超期" : "") : said(own[0]);
    const mark = L.marker([own[0].lat, own[0].lon], {
      icon: L.divIcon({ className: late ? "spot late" : "spot", html: element("b", "", own.length > 1 ? String(own.length) : ""), iconSize: [REACH_PX, REACH_PX] }),
      alt: words, title: words,
    }).addTo(marks);
    if (own.length === 1) mark.on("click", function () { location.hash = String(own[0].appeal_id); });
    else mark.bindPopup(listed(own), { minWidth: 240 });
  });
}

function listed(tasks) {
  const box = element("div", "piled");
  tasks.slice(0, LISTED).forEach(function (task) {
    box.appendChild(element("a", "plain wide", said(task))).href = "#" + task.appeal_id;
  });
  if (tasks.length > LISTED) box.appendChild(element("p", "note", "另有 " + (tasks.length - LISTED) + " 件：放大地图，或看任务列表。"));
  return box;
}

export async function drawMap(where, items) {
  const bar = where.appendChild(element("div", "bar"));
  bar.appendChild(element("h1", "", "地图"));
  const find = bar.appendChild(button("我在哪里", "plain", function () {}));
  const placed = where.appendChild(element("p", "note"));
  placed.setAttribute("role", "status");
  const box = where.appendChild(element("div", "map whole"));
  try {
    await leaflet();
  } catch (error) {
    box.textContent = "没有网络，地图尚未存到本机。";
    return;
  }
  if (!box.isConnected) return;
  const map = make(box, "任务地图");
  const shown = grids(map);
  const tasks = held.tasks.filter(function (task) { return typeof task.lon === "number"; }).map(function (task) { return overlaid(task, items); });
  const points = tasks.map(function (task) { return [task.lat, task.lon]; });
  const own = held.shift && shown ? shown.getLayers().filter(function (layer) { return layer.feature.properties.own; }) : [];
  const bounds = own.length ? L.featureGroup(own).getBounds() : shown ? shown.getBounds() : L.latLngBounds(points);
  points.forEach(function (point) { if (bounds.isValid()) bounds.extend(point); });
  if (bounds.isValid()) map.fitBounds(bounds.pad(0.15), { maxZoom: 17, animate: false });
  const marks = L.layerGroup().addTo(map);
  map.on("zoomend", function () { put(marks, tasks, map); });
  put(marks, tasks, map);
  let marker = lastHere() ? me(map, lastHere()) : null;
  find.addEventListener("click", async function () {
    find.disabled = true;
    const at = await here(held.shift);
    find.disabled = false;
    placed.textContent = at ? "" : await unplaced();
    if (!at) return;
    if (marker) marker.remove();
    marker = me(map, at);
    map.setView([at.lat, at.lon], Math.max(map.getZoom(), 16), { animate: false });
  });
}

// A small map on which a tap chooses a point; `point()` gives it with its accuracy, `move(at)` sets it,
// `show(at)` only turns the map to it.
export function pickMap(where, start) {
  const box = where.appendChild(element("div", "map small"));
  let chosen = start && typeof start.lon === "number" ? { lon: start.lon, lat: start.lat } : null;
  let map = null;
  let mark = null;
  const show = function () {
    if (!map || !chosen) return;
    if (mark) mark.setLatLng([chosen.lat, chosen.lon]);
    else mark = L.circleMarker([chosen.lat, chosen.lon], { radius: 12, color: "#8a1f6a", weight: 5, fillOpacity: 0, interactive: false }).addTo(map);
  };
  leaflet().then(function () {
    if (!box.isConnected) return;
    map = make(box, "点选位置");
    const shown = grids(map);
    if (chosen) map.setView([chosen.lat, chosen.lon], 17, { animate: false });
    else if (shown) map.fitBounds(shown.getBounds(), { maxZoom: 16, animate: false });
    map.on("click", function (event) {
      chosen = { lon: Number(event.latlng.lng.toFixed(7)), lat: Number(event.latlng.lat.toFixed(7)), accuracy_m: 0 };
      show();
      where.dispatchEvent(new Event("picked"));
    });
    show();
  }).catch(function () { box.textContent = "没有网络，地图尚未存到本机；可用“移到我在的地方”。"; });
  return {
    point: function () { return chosen; },
    move: function (at) {
      chosen = { lon: at.lon, lat: at.lat, accuracy_m: at.accuracy_m };
      show();
      if (map) map.setView([at.lat, at.lon], 17, { animate: false });
      where.dispatchEvent(new Event("picked"));
    },
    show: function (at) {
      if (map) map.setView([at.lat, at.lon], 15, { animate: false });
    },
  };
}

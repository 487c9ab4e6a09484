"use strict";

// What lies under the data of a map. /tiles/base.js has said which base there is; a page without it
// has a blank one. Data stay WGS84 in every page: where the base is GCJ-02 (偏移坐标), the map's own
// projection moves what it draws and moves clicks back.
window.wangge = window.wangge || {};
(function (wangge) {
  const A_M = 6378245.0;
  const EE = 0.00669342162296594323;

  function outside(lon, lat) {
    return !(lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271);
  }

  // The publicly known formula, as in geo/datums.py: [lon, lat] of WGS84 in GCJ-02.
  wangge.toGcj = function (lon, lat) {
    if (outside(lon, lat)) return [lon, lat];
    const x = lon - 105;
    const y = lat - 35;
    const root = Math.sqrt(Math.abs(x));
    const waves = (20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2 / 3;
    const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
      + (20 * Math.sin(x * Math.PI) + 40 * Math.sin(x / 3 * Math.PI)) * 2 / 3
      + (150 * Math.sin(x / 12 * Math.PI) + 300 * Math.sin(x / 30 * Math.PI)) * 2 / 3;
    const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
      + (20 * Math.sin(y * Math.PI) + 40 * Math.sin(y / 3 * Math.PI)) * 2 / 3
      + (160 * Math.sin(y / 12 * Math.PI) + 320 * Math.sin(y * Math.PI / 30)) * 2 / 3;
    const phi = lat / 180 * Math.PI;
    const magic = 1 - EE * Math.sin(phi) * Math.sin(phi);
    return [
      lon + east * 180 / (A_M / Math.sqrt(magic) * Math.cos(phi) * Math.PI),
      lat + north * 180 / (A_M * (1 - EE) / (magic * Math.sqrt(magic)) * Math.PI),
    ];
  };

  // The inverse by passes: each takes the error of the last away, four reach 1e-9 degrees.
  wangge.fromGcj = function (lon, lat) {
    let x = lon;
    let y = lat;
    for (let pass = 0; pass < 5; pass += 1) {
      const there = wangge.toGcj(x, y);
      x += lon - there[0];
      y += lat - there[1];
    }
    return [x, y];
  };

  const base = function () { return wangge.base || { kind: "blank" }; };

  function shifted(crs) {
    const plain = crs.projection;
    const projection = L.extend({}, plain, {
      project: function (at) {
        const there = wangge.toGcj(at.lng, at.lat);
        return plain.project(L.latLng(there[1], there[0]));
      },
      unproject: function (point) {
        const there = plain.unproject(point);
        const here = wangge.fromGcj(there.lng, there.lat);
        return L.latLng(here[1], here[0]);
      },
    });
    return L.extend({}, crs, { projection: projection });
  }

  // Options that every map of ours is made with.
  wangge.mapOptions = function (more) {
    const crs = base().crs === "EPSG:4490" ? L.CRS.EPSG4326 : L.CRS.EPSG3857;
    return Object.assign({
      crs: base().shifted ? shifted(crs) : crs,
      preferCanvas: true,
      attributionControl: false,
      fadeAnimation: false,
      zoomAnimation: false,
      minZoom: 6,
      maxZoom: 18,
    }, more);
  };

  // Areas drawn over a base let it through.
  wangge.fillOpacity = function () { return base().kind === "blank" ? 1 : 0.6; };

  // A pyramid of ours: each kind of shape in one plain look, names where there are any.
  function packed() {
    const p = window.protomapsL;
    const of = function (type) { return function (zoom, feature) { return feature.geomType === type; }; };
    const paint = [];
    const label = [];
    base().layers.forEach(function (name) {
      paint.push({ dataLayer: name, symbolizer: new p.PolygonSymbolizer({ fill: "#eef1f2", opacity: 1, stroke: "#c3cacd", width: 1 }), filter: of(3) });
    });
    base().layers.forEach(function (name) {
      paint.push({ dataLayer: name, symbolizer: new p.LineSymbolizer({ color: "#b3bcc0", width: 2 }), filter: of(2) });
      label.push({ dataLayer: name, symbolizer: new p.LineLabelSymbolizer({ fill: "#4a5357", labelProps: ["name"], font: "13px sans-serif" }), filter: of(2), minzoom: 14 });
      label.push({ dataLayer: name, symbolizer: new p.CenteredTextSymbolizer({ fill: "#4a5357", labelProps: ["name"], font: "13px sans-serif" }), filter: of(1), minzoom: 13 });
    });
    return p.leafletLayer({ url: "/tiles/base.pmtiles", paintRules: paint, labelRules: label, maxDataZoom: base().maxZoom, backgroundColor: "#ffffff" });
  }

  // What reads packed tiles is fetched by the pages of sites that have some.
  function withReader(then) {
    if (window.protomapsL) {
      then();
      return;
    }
    const script = document.head.appendChild(document.createElement("script"));
    script.src = "/static/vendor/protomaps-leaflet/dist/protomaps-leaflet.js";
    script.addEventListener("load", then);
  }

  function tiles(name) {
    return L.tileLayer("/tiles/base/" + name + "/{z}/{x}/{y}", {
      maxNativeZoom: base().maxZoom, maxZoom: 18, bounds: limits() || undefined,
    });
  }

  function limits() {
    const box = base().box;
    return box ? L.latLngBounds([box[1], box[0]], [box[3], box[2]]).pad(0.1) : null;
  }

  // Under everything else: the base, its source and 审图号 at the lower left, and where maps end.
  wangge.addBase = function (map) {
    // First into the limits, then bound to them: else a pan into them runs on under the next view.
    if (limits()) map.fitBounds(limits(), { animate: false }).setMaxBounds(limits());
    if (base().kind === "blank") return;
    map.createPane("base").style.zIndex = 150;
    const put = function (layer) {
      layer.options.pane = "base";
      layer.addTo(map);
    };
    if (base().kind === "tiles") base().layers.map(tiles).forEach(put);
    else withReader(function () { put(packed()); });
    const words = [base().attribution, base().reviewNo, base().shifted ? "偏移坐标，仅供显示" : ""];
    const box = L.control({ position: "bottomleft" });
    box.onAdd = function () {
      const made = L.DomUtil.create("div", "base-source");
      made.textContent = words.filter(Boolean).join(" · ");
      made.style.cssText = "padding:2px 6px;background:#fff;color:#1d1d1f;font-size:12px";
      return made;
    };
    box.addTo(map);
  };
})(window.wangge);

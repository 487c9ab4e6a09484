"use strict";

// The map of the hot-spot page: the shapes stay, months and layers only colour them.
(function (wangge) {
  const element = wangge.element;
  const known = wangge.known;
  const palette = wangge.palette;

  // Each layer is shown by itself: where to go and whether it is chance are never mixed.
  const LAYERS = [
    ["n", "诉求量"],
    ["rate", "每千户"],
    ["growth", "环比"],
    ["evidence", "是否超出偶然"],
    ["focus", "关注区域"],
  ];
  const EVIDENCE = { both: "#7a2f8f", surge: "#b86414", concentrated: "#1c5a6b", neither: "#eef0ee" };
  const FOCUS = { yes: "#5b3f99", no: "#eef0ee" };

  function evidence(place) {
    if (place.small) return EVIDENCE.neither;
    if (place.surge && place.concentrated) return EVIDENCE.both;
    return place.surge ? EVIDENCE.surge : place.concentrated ? EVIDENCE.concentrated : EVIDENCE.neither;
  }

  wangge.makeHotspotMap = function (onPick) {
    const map = L.map("map", wangge.mapOptions({ zoomControl: false, zoomSnap: 0.25 }));
    map.setView([35, 104], 6);
    wangge.addBase(map);
    L.control.zoom({ zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    const legend = document.getElementById("legend");
    let places = {};
    let limits = { n: [], rate: [] };
    let layer = "n";
    let chosen = null;
    let spots = null;
    let tried = "";

    function fill(place) {
      if (!place) return null;
      if (layer === "n") return place.small || !known(place.n) ? palette.SMALL : palette.colour(place.n, limits.n);
      if (layer === "rate") return palette.colour(place.rate, limits.rate);
      if (layer === "growth") return palette.growthColour(place.growth, place.growth_sure);
      if (layer === "evidence") return evidence(place);
      return place.focus_flag ? FOCUS.yes : FOCUS.no;
    }

    function steps() {
      if (layer === "n") return palette.legend("n", limits.n);
      if (layer === "rate") return palette.legend("rate", limits.rate);
      if (layer === "growth") return palette.legend("growth", []);
      if (layer === "evidence") {
        return [
          [EVIDENCE.surge, "突增：多于本地以往"], [EVIDENCE.concentrated, "集中：多于别处"],
          [EVIDENCE.both, "两者都是"], [EVIDENCE.neither, "未超出偶然"],
        ];
      }
      return [[FOCUS.yes, "下月先去这里"], [FOCUS.no, "其余"]];
    }

    function paint() {
      areas.redraw();
      hand.keep(chosen);
      legend.textContent = "";
      legend.appendChild(element("b", "", LAYERS.filter(function (one) { return one[0] === layer; })[0][1]));
      steps().forEach(function (step) {
        const line = legend.appendChild(element("div", "step"));
        line.appendChild(element("i")).style.background = step[0];
        line.appendChild(element("span", "", step[1]));
      });
      if (layer === "focus" && tried) legend.appendChild(element("p", "tried", tried));
    }

    function tip(code) {
      const place = places[code];
      const box = element("div");
      box.appendChild(element("b", "", wangge.placeName(place)));
      box.appendChild(element("div", "", "诉求量 " + (place.small ? "小于5" : wangge.count(place.n)) + " 件"));
      if (known(place.growth)) box.appendChild(element("div", "", "环比 " + wangge.growthShort(place)));
      box.appendChild(wangge.chips(place));
      return box;
    }

    const areas = wangge.makeAreas(map, function (code) { return fill(places[code]); });
    const hand = wangge.pointAtAreas(map, areas, { tip: tip, pick: onPick });

    const group = document.getElementById("layers");
    LAYERS.forEach(function (one) {
      const button = group.appendChild(wangge.button(one[1], function () {
        layer = one[0];
        mark();
        paint();
      }));
      button.dataset.layer = one[0];
    });
    function mark() {
      Array.from(group.children).forEach(function (button) {
        button.setAttribute("aria-pressed", String(button.dataset.layer === layer));
      });
    }
    mark();

    return {
      // Figures of a level in a month, a promise, and the shapes that they are of.
      withShapes: function (figures, level, month) {
        return areas.cuts.together(figures, "/api/layers/" + level + "/cuts/", "?month=" + month);
      },
      frame: function () {
        map.invalidateSize();
        const bounds = areas.cuts.bounds();
        if (!bounds || !map.getSize().x) return;
        const aside = map.getSize().x > 700 ? legend.offsetWidth : 0;
        map.fitBounds(bounds, { paddingTopLeft: [10, 10], paddingBottomRight: [10 + aside, 10] });
        map.setMaxBounds(bounds.pad(0.5));
      },
      // How the focus layer would have fared, in words.
      tried: function (words) { tried = words; },
      // Figures of one month, and the shapes that they are of.
      show: function (items, shapes) {
        areas.cuts.hold(shapes);
        places = {};
        items.forEach(function (place) { places[place.code] = place; });
        paint();
      },
      // Counts alone, while the rest of a month is on its way.
      slide: function (counts) {
        const before = places;
        places = {};
        Object.keys(counts).forEach(function (code) {
          const n = counts[code];
          places[code] = { code: code, name: (before[code] || {}).name, n: n, small: n === null };
        });
        paint();
      },
      limits: function (found) {
        limits = found;
        paint();
      },
      layer: function () { return layer; },
      pick: function (code) {
        chosen = code;
        if (spots) spots.remove();
        spots = null;
        paint();
      },
      spots: function (found) {
        if (spots) spots.remove();
        spots = L.layerGroup(found.map(function (spot) {
          const at = L.circleMarker([spot.lat, spot.lon], { radius: 8, color: "#fff", weight: 2, fillColor: "#8a1f6a", fillOpacity: 1 });
          return at.bindTooltip(wangge.number(spot.n) + " 件", { direction: "top" });
        })).addTo(map);
      },
      refresh: function () { map.invalidateSize(); },
    };
  };
})(window.wangge);

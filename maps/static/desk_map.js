"use strict";

// The map of the duty desk: units coloured by one measure, alerts as marks.
(function (wangge) {
  const element = wangge.element;

  function tip(place, measure) {
    const made = element("div");
    made.appendChild(element("b", "", place.name || place.code));
    function line(word, figure) {
      const row = element("div");
      row.appendChild(element("span", "", word + " "));
      row.appendChild(document.createTextNode(figure));
      made.appendChild(row);
    }
    const small = place.small || place.n === null || place.n === undefined;
    line("诉求量", small ? "小于5 件" : wangge.number(place.n) + " 件");
    line("每千户", typeof place.rate === "number" ? place.rate.toFixed(1) + " 件" : "不计算");
    line("环比", growth(place));
    return made;
  }

  function growth(place) {
    if (typeof place.growth !== "number") {
      if (typeof place.n_previous !== "number") return "无可比数据";
      return "上期 " + wangge.number(place.n_previous) + " 件，基数不足 20 或数量过小，不计算";
    }
    const word = place.growth > 0 ? "上升 " : place.growth < 0 ? "下降 " : "持平 ";
    return word + wangge.share(place.growth) + (place.growth_sure ? "" : "（变化不明显）");
  }

  wangge.makeMap = function (onPick) {
    const map = L.map("map", {
      preferCanvas: true,
      attributionControl: false,
      zoomControl: false,
      zoomSnap: 0.25,
      minZoom: 6,
      maxZoom: 18,
      fadeAnimation: false,
      zoomAnimation: false,
    });
    map.setView([35, 104], 6);
    L.control.zoom({ zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    const legend = document.getElementById("legend");
    const marks = L.layerGroup().addTo(map);
    const markOf = new Map();
    const pileOf = new Map();
    const keyOf = new Map();
    let units = null;
    let framed = false;

    function drawLegend(measure, between) {
      legend.textContent = "";
      legend.appendChild(element("b", "", wangge.MEASURES[measure]));
      wangge.palette.legend(measure, between).forEach(function (step) {
        const line = element("div", "step");
        const box = element("i");
        box.style.background = step[0];
        line.appendChild(box);
        line.appendChild(element("span", "", step[1]));
        legend.appendChild(line);
      });
    }

    function showUnits(collection, measure) {
      const values = collection.features.map(function (f) { return f.properties[measure]; });
      const between = measure === "growth" ? [] : wangge.palette.limits(values);
      if (units) units.remove();
      units = L.geoJSON(collection, {
        style: function (feature) {
          const place = feature.properties;
          let fill = wangge.palette.colour(place[measure], between);
          if (measure === "growth") fill = wangge.palette.growthColour(place.growth, place.growth_sure);
          if (measure === "n" && place.small) fill = wangge.palette.SMALL;
          return { fillColor: fill, fillOpacity: 0.9, color: "#5b6b70", weight: 1 };
        },
        onEachFeature: function (feature, layer) {
          layer.bindTooltip(function () { return tip(feature.properties, measure); }, { className: "place", sticky: true, opacity: 1 });
          layer.on("mouseover", function () { layer.setStyle({ weight: 3, color: "#1d1d1f" }).bringToFront(); });
          layer.on("mouseout", function () { units.resetStyle(layer); });
        },
      }).addTo(map);
      drawLegend(measure, between);
      if (!framed && units.getBounds().isValid()) {
        framed = true;
        map.fitBounds(units.getBounds(), { padding: [12, 12] });
        map.setMaxBounds(units.getBounds().pad(0.5));
      }
    }

    // Alerts of one unit stand at one point: they share a mark, the gravest on its face.
    function draw(key) {
      const old = markOf.get(key);
      if (old) marks.removeLayer(old);
      markOf.delete(key);
      const pile = Array.from((pileOf.get(key) || new Map()).values());
      if (!pile.length) return;
      pile.sort(function (a, b) { return b.id - a.id; });
      const past = pile.every(function (alert) { return alert.historical; });
      const words = pile.slice(0, 8).map(function (alert) { return alert.headline; });
      if (pile.length > words.length) words.push("等 " + pile.length + " 条");
      const mark = L.marker([pile[0].lat, pile[0].lon], {
        icon: L.divIcon({ className: past ? "mark past" : "mark", html: wangge.pileBadge(pile), iconSize: [30, 30] }),
        title: words.join("\n"),
        alt: words.join("；"),
        zIndexOffset: 100 * wangge.gravity(pile),
      });
      // One click after the other goes through the pile.
      let at = -1;
      mark.on("click", function () {
        at = (at + 1) % pile.length;
        onPick(pile[at].id);
      });
      mark.addTo(marks);
      markOf.set(key, mark);
    }

    function showAlert(alert) {
      const before = keyOf.get(alert.id);
      if (before) {
        pileOf.get(before).delete(alert.id);
        keyOf.delete(alert.id);
      }
      let key = null;
      if (typeof alert.lon === "number" && typeof alert.lat === "number") {
        key = alert.lon + " " + alert.lat;
        if (!pileOf.has(key)) pileOf.set(key, new Map());
        pileOf.get(key).set(alert.id, alert);
        keyOf.set(alert.id, key);
        draw(key);
      }
      if (before && before !== key) draw(before);
    }

    return {
      showUnits: showUnits,
      clearUnits: function () {
        if (units) units.remove();
        units = null;
        legend.textContent = "";
      },
      showAlert: showAlert,
      dropAlerts: function () {
        marks.clearLayers();
        markOf.clear();
        pileOf.clear();
        keyOf.clear();
      },
      // Bring an alert's mark into view and make it stand out.
      point: function (id) {
        const key = keyOf.get(id);
        markOf.forEach(function (mark, other) {
          const icon = mark.getElement();
          if (icon) icon.classList.toggle("picked", other === key);
        });
        const mark = markOf.get(key);
        if (mark) map.setView(mark.getLatLng(), Math.max(map.getZoom(), 13), { animate: false });
        return Boolean(mark);
      },
      refresh: function () { map.invalidateSize(); },
    };
  };
})(window.wangge);

"use strict";

// The map of the duty desk: units coloured by one measure, alerts as marks.
(function (wangge) {
  const element = wangge.element;

  function known(value) {
    return typeof value === "number";
  }

  function tip(place) {
    const made = element("div");
    made.appendChild(element("b", "", place.name || place.code));
    function line(word, figure) {
      const row = element("div");
      row.appendChild(element("span", "", word + " "));
      row.appendChild(document.createTextNode(figure));
      made.appendChild(row);
    }
    const small = place.small || !known(place.n);
    line("诉求量", small ? "小于5 件" : wangge.number(place.n) + " 件");
    line("每千户", rate(place));
    line("环比", growth(place));
    return made;
  }

  function rate(place) {
    if (!known(place.rate)) return "户数不详或数量过小，不计算";
    return place.rate.toFixed(1) + " 件（95% 区间 " + place.rate_low.toFixed(1) + " 至 " + place.rate_high.toFixed(1) + "）";
  }

  function signed(value) {
    return (value < 0 ? "-" : "") + wangge.share(value);
  }

  function growth(place) {
    if (!known(place.growth)) {
      if (!known(place.n_previous)) return "无可比数据";
      if (place.n_previous >= 20) return "数量过小，不计算";
      return "上期 " + wangge.number(place.n_previous) + " 件，基数不足 20，不计算";
    }
    const word = place.growth > 0 ? "上升 " + wangge.share(place.growth) : place.growth < 0 ? "下降 " + wangge.share(place.growth) : "持平";
    const between = known(place.growth_low) && known(place.growth_high)
      ? "（95% 区间 " + signed(place.growth_low) + " 至 " + signed(place.growth_high) + "）" : "";
    return word + between + (place.growth_sure ? "" : "，变化不明显");
  }

  wangge.makeMap = function (onPick) {
    const map = L.map("map", wangge.mapOptions({ zoomControl: false, zoomSnap: 0.25 }));
    map.setView([35, 104], 6);
    wangge.addBase(map);
    L.control.zoom({ zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    const legend = document.getElementById("legend");
    const piles = wangge.makePiles(map, function (alerts, clicks) {
      onPick(alerts[clicks % alerts.length]);
    });
    let fill = function () { return null; };
    let places = new Map();
    const areas = wangge.makeAreas(map, function (code) { return fill(places.get(code)); });
    wangge.pointAtAreas(map, areas, { tip: function (code) { return tip(places.get(code)); } });
    let framed = false;
    let choosing = null;
    let chosen = null;

    function setMark(at) {
      if (chosen) chosen.setLatLng(at);
      else chosen = L.circleMarker(at, { radius: 9, color: "#8a1f6a", weight: 4, fillOpacity: 0 }).addTo(map);
    }

    function unask() {
      if (choosing) map.off("click", choosing);
      if (chosen) chosen.remove();
      choosing = chosen = null;
      map.getContainer().classList.remove("choosing");
    }

    function drawLegend(measure, between) {
      legend.appendChild(element("b", "", wangge.MEASURES[measure]));
      wangge.palette.legend(measure, between).forEach(function (step) {
        const line = element("div", "step");
        const box = element("i");
        box.style.background = step[0];
        line.appendChild(box);
        line.appendChild(element("span", "", step[1]));
        legend.appendChild(line);
      });
      legend.appendChild(element("div", "step", "标记：实心未解除，空心历史或已结束"));
    }

    // The first time that there are units on a map that can be seen.
    function frame() {
      const bounds = areas.cuts.bounds();
      if (framed || !bounds || !map.getSize().x) return;
      framed = true;
      // On a wide map the legend, which lies over its corner, gets a margin of its own.
      const aside = legend.offsetWidth < map.getSize().x / 3 ? legend.offsetWidth : 0;
      map.fitBounds(bounds, { paddingTopLeft: [12, 12], paddingBottomRight: [12 + aside, 12] });
      map.setMaxBounds(bounds.pad(0.5));
    }

    function colours(measure, between) {
      return function (place) {
        if (!place) return null;
        if (measure === "growth") return wangge.palette.growthColour(place.growth, place.growth_sure);
        if (measure === "n" && place.small) return wangge.palette.SMALL;
        return wangge.palette.colour(place[measure], between);
      };
    }

    function showUnits(items, shapes, measure) {
      areas.cuts.hold(shapes);
      const values = items.map(function (place) { return place[measure]; });
      const between = measure === "growth" ? [] : wangge.palette.limits(values, measure === "n");
      places = new Map(items.map(function (place) { return [place.code, place]; }));
      fill = colours(measure, between);
      areas.redraw();
      legend.textContent = "";
      if (areas.cuts.bounds()) drawLegend(measure, between);
      frame();
    }

    return {
      // Figures of a level in a month, a promise, and the shapes that they are of.
      withShapes: function (figures, level, month) {
        return areas.cuts.together(figures, "/api/layers/" + level + "/cuts/", "?month=" + month);
      },
      hasShapes: function () { return Boolean(areas.cuts.bounds()); },
      showUnits: showUnits,
      clearUnits: function () {
        areas.cuts.hold(null);
        areas.redraw();
        legend.textContent = "";
      },
      showAlerts: piles.show,
      // Make an alert's mark stand out, and bring it into view.
      point: function (alert) {
        piles.pick(alert ? alert.id : null);
        if (!alert || !known(alert.lon)) return;
        map.setView([alert.lat, alert.lon], Math.max(map.getZoom(), 13), { animate: false });
      },
      mark: function (alert) { piles.pick(alert.id); },
      // Let a point be chosen by a click; the mark begins where the place is held to be.
      ask: function (start, onPoint) {
        unask();
        if (start) {
          setMark([start.lat, start.lon]);
          map.setView([start.lat, start.lon], Math.max(map.getZoom(), 15), { animate: false });
        }
        map.getContainer().classList.add("choosing");
        choosing = function (event) {
          setMark(event.latlng);
          onPoint(Number(event.latlng.lng.toFixed(7)), Number(event.latlng.lat.toFixed(7)));
        };
        map.on("click", choosing);
      },
      unask: unask,
      refresh: function () {
        map.invalidateSize();
        frame();
      },
    };
  };
})(window.wangge);

"use strict";

// Marks that would lie on each other stand together, so that each can be read and hit.
(function (wangge) {
  function gravest(alerts) {
    return alerts.slice().sort(function (a, b) {
      const solid = Number(wangge.group(a) !== "open") - Number(wangge.group(b) !== "open");
      return solid || (wangge.GRAVITY[b.level] || 0) - (wangge.GRAVITY[a.level] || 0) || b.id - a.id;
    });
  }

  function mark(alerts, reach) {
    const face = alerts[0];
    const open = wangge.group(face) === "open";
    const badge = wangge.badge(face.level, !open);
    if (alerts.length > 1) badge.appendChild(wangge.element("span", "how-many", String(alerts.length)));
    const words = alerts.slice(0, 8).map(function (alert) { return alert.headline; });
    if (alerts.length > words.length) words.push("等 " + alerts.length + " 条");
    const box = wangge.element("span", "reach");
    box.appendChild(badge);
    return L.marker([face.lat, face.lon], {
      icon: L.divIcon({ className: "mark", html: box, iconSize: [reach, reach] }),
      title: words.join("\n"),
      alt: words.join("；"),
      zIndexOffset: (open ? 1000 : 0) + 100 * (wangge.GRAVITY[face.level] || 0),
    });
  }

  // onPick gets the alerts of one place and how often its mark was clicked before.
  wangge.makePiles = function (map, onPick) {
    const marks = L.layerGroup().addTo(map);
    const reach = window.matchMedia("(pointer: coarse)").matches ? 44 : 30;
    let piles = [];
    let alerts = [];
    let picked = null;
    let waiting = 0;

    function markPicked() {
      piles.forEach(function (pile) {
        const icon = pile.mark.getElement();
        const own = pile.alerts.some(function (alert) { return alert.id === picked; });
        if (icon) icon.classList.toggle("picked", own);
      });
    }

    function draw() {
      clearTimeout(waiting);
      waiting = 0;
      marks.clearLayers();
      piles = [];
      gravest(alerts).forEach(function (alert) {
        const at = map.latLngToLayerPoint([alert.lat, alert.lon]);
        let home = piles.find(function (pile) { return pile.at.distanceTo(at) < reach; });
        if (!home) {
          home = { at: at, alerts: [] };
          piles.push(home);
        }
        home.alerts.push(alert);
      });
      piles.forEach(function (pile) {
        let clicks = -1;
        pile.mark = mark(pile.alerts, reach);
        pile.mark.on("click", function () {
          const bounds = L.latLngBounds(pile.alerts.map(function (a) { return [a.lat, a.lon]; }));
          // Those of several places come apart on a closer map; those of one place never do.
          if (!bounds.getNorthEast().equals(bounds.getSouthWest()) && map.getZoom() < map.getMaxZoom()) {
            const closer = Math.min(map.getMaxZoom(), Math.max(map.getBoundsZoom(bounds.pad(0.3)), map.getZoom() + 1));
            map.setView(bounds.getCenter(), closer, { animate: false });
            return;
          }
          clicks += 1;
          onPick(pile.alerts, clicks);
        });
        pile.mark.addTo(marks);
      });
      markPicked();
    }

    function later() {
      if (!waiting) waiting = setTimeout(draw, 0);
    }
    map.on("zoomend", later);

    return {
      draw: draw,
      show: function (those) {
        alerts = those.filter(function (a) { return typeof a.lon === "number" && typeof a.lat === "number"; });
        later();
      },
      pick: function (id) {
        picked = id;
        markPicked();
      },
    };
  };
})(window.wangge);

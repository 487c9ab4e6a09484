"use strict";

// Pointing at places on the canvas: the words of one, a line around it, a click.
(function (wangge) {
  const LINE = "#1d1d1f";
  const NARROW_PX = 500;
  const FINGER_PX = 80;

  // `does.tip(code)` makes the words of a place, an element; `does.pick(code)`, if there is one, takes a click.
  wangge.pointAtAreas = function (map, areas, does) {
    const words = L.tooltip({ className: "place", opacity: 1 });
    const lines = { under: outline(3), kept: outline(4) };
    let under = null;
    let kept = null;

    function outline(weight) {
      return L.polygon([], { fill: false, interactive: false, color: LINE, weight: weight }).addTo(map);
    }

    function leave() {
      under = null;
      words.remove();
      lines.under.setLatLngs([]);
    }

    function point(event) {
      const on = event.originalEvent.target;
      const code = on.closest(".leaflet-interactive, .leaflet-control") ? null : areas.placeAt(event.latlng);
      if (!code) {
        leave();
        return;
      }
      if (code !== under) {
        under = code;
        words.setContent(does.tip(code));
        lines.under.setLatLngs(areas.rings(code));
      }
      words.setLatLng(beside(event)).addTo(map);
    }

    // On a narrow map the words lie across it, above or below the finger.
    function beside(event) {
      const size = map.getSize();
      words.options.direction = size.x < NARROW_PX ? "center" : "auto";
      if (size.x >= NARROW_PX) return event.latlng;
      const y = event.containerPoint.y;
      return map.containerPointToLatLng([size.x / 2, y + (y < size.y / 2 ? FINGER_PX : -FINGER_PX)]);
    }

    map.on("mousemove", point);
    map.on("mouseout", leave);
    map.on("click", function (event) {
      point(event);
      if (under && does.pick) does.pick(under);
    });
    // Finer shapes have finer borders.
    areas.on("drawn", function () {
      if (kept) lines.kept.setLatLngs(areas.rings(kept));
    });

    return {
      // The line around one place stays until another is kept, or none.
      keep: function (code) {
        kept = code;
        lines.kept.setLatLngs(kept ? areas.rings(kept) : []);
      },
    };
  };
})(window.wangge);

"use strict";

// The shareable page: legend of the layer in view, alerts as marks and as a list.
function wanggeSnapshot(map) {
  const data = JSON.parse(document.getElementById("snapshot-data").textContent);
  const container = map.getContainer();

  L.control.zoom({ zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  container.appendChild(document.querySelector(".source"));
  container.appendChild(document.getElementById("legend"));
  L.DomEvent.disableClickPropagation(document.getElementById("legend"));

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function showLegend(name) {
    const legend = document.getElementById("legend");
    legend.textContent = "";
    legend.appendChild(element("b", "", name));
    (data.legends[name] || []).forEach(function (step) {
      const line = element("div", "step");
      const box = element("i");
      box.style.background = step.colour;
      line.appendChild(box);
      line.appendChild(element("span", "", step.label));
      legend.appendChild(line);
    });
  }

  // On a phone the list of layers would cover the map: a button folds it.
  const control = container.querySelector(".leaflet-control-layers");
  const fold = element("button", "fold", "选择图层");
  fold.type = "button";
  fold.addEventListener("click", function () {
    control.classList.toggle("unfolded");
  });
  control.insertBefore(fold, control.firstChild);

  map.on("baselayerchange", function (event) {
    showLegend(event.name);
    control.classList.remove("unfolded");
  });
  showLegend(Object.keys(data.legends)[0]);

  function badge(alert) {
    const made = element("span", "badge", alert.level);
    made.style.background = alert.colour;
    made.style.color = alert.ink;
    return made;
  }

  function words(tag, list) {
    const made = element(tag, "meta");
    list.forEach(function (word) {
      if (word) made.appendChild(element("span", "", word));
    });
    return made;
  }

  function sheet(alert) {
    const made = element("div", "popup");
    const head = element("p", "who");
    head.appendChild(badge(alert));
    head.appendChild(element("b", "", alert.kind + (alert.historical ? "（历史数据）" : "")));
    made.appendChild(head);
    made.appendChild(element("p", "headline", alert.headline));
    made.appendChild(element("p", "", alert.reason));
    made.appendChild(words("p", [alert.place, alert.cases, alert.time]));
    return made;
  }

  // Alerts of one unit stand at one point: they share a mark, the gravest (first) on its face.
  const piles = new Map();
  data.alerts.forEach(function (alert) {
    const key = alert.lon + " " + alert.lat;
    if (!piles.has(key)) piles.set(key, { alerts: [], mark: null });
    piles.get(key).alerts.push(alert);
  });
  piles.forEach(function (pile) {
    const first = pile.alerts[0];
    const face = badge(first);
    if (pile.alerts.length > 1) face.appendChild(element("span", "how-many", String(pile.alerts.length)));
    const past = pile.alerts.every(function (alert) { return alert.historical; });
    pile.mark = L.marker([first.lat, first.lon], {
      icon: L.divIcon({ className: past ? "mark past" : "mark", html: face, iconSize: [30, 30] }),
      title: first.headline,
      alt: first.headline,
      zIndexOffset: 100 * first.gravity,
    });
    pile.mark.bindPopup(function () {
      const all = element("div");
      pile.alerts.forEach(function (alert) { all.appendChild(sheet(alert)); });
      return all;
    }, { maxWidth: 260, maxHeight: 260, autoPanPaddingTopLeft: [50, 60] });
    pile.mark.addTo(map);
  });

  const list = document.getElementById("alerts");
  data.alerts.forEach(function (alert) {
    const item = element("li");
    const button = element("button");
    button.type = "button";
    button.appendChild(badge(alert));
    const text = element("span", "text");
    text.appendChild(element("b", "", alert.headline));
    text.appendChild(words("small", [alert.kind, alert.place, alert.cases, alert.time]));
    button.appendChild(text);
    button.addEventListener("click", function () {
      const mark = piles.get(alert.lon + " " + alert.lat).mark;
      container.scrollIntoView({ block: "nearest" });
      map.setView(mark.getLatLng(), Math.max(map.getZoom(), 14), { animate: false });
      L.popup({ maxWidth: 260, offset: [0, -10], autoPanPaddingTopLeft: [50, 60] })
        .setLatLng(mark.getLatLng()).setContent(sheet(alert)).openOn(map);
    });
    item.appendChild(button);
    list.appendChild(item);
  });
}

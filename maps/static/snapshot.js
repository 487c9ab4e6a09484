"use strict";

// The shareable page: legend of the layer in view, alerts as marks and as a list, one sheet of paper.
function wanggeSnapshot(map) {
  const data = JSON.parse(document.getElementById("snapshot-data").textContent);
  const container = map.getContainer();
  const element = wangge.element;
  const PRINTED = 8;

  wangge.year = data.year;
  L.control.zoom({ zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  container.appendChild(document.querySelector(".source"));

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
    if (data.alerts.length) legend.appendChild(element("div", "step", "标记：实心未解除，空心历史或已结束"));
  }

  // On a phone the list of layers would cover the map: a button folds it.
  const control = container.querySelector(".leaflet-control-layers");
  const fold = element("button", "fold", "选择图层");
  fold.type = "button";
  fold.setAttribute("aria-expanded", "false");
  function unfold(open) {
    control.classList.toggle("unfolded", open);
    fold.setAttribute("aria-expanded", String(open));
  }
  fold.addEventListener("click", function () {
    unfold(!control.classList.contains("unfolded"));
  });
  control.insertBefore(fold, control.firstChild);

  map.on("baselayerchange", function (event) {
    showLegend(event.name);
    unfold(false);
  });
  showLegend(Object.keys(data.legends)[0]);

  function words(tag, list) {
    const made = element(tag, "meta");
    list.forEach(function (word) {
      if (word) made.appendChild(element("span", "", word));
    });
    return made;
  }

  function about(alert) {
    const usual = wangge.usual(alert.expected);
    return [
      alert.historical ? "历史提示" : wangge.STATES[alert.state] || alert.state,
      wangge.counted(alert),
      wangge.moment(alert.newest_at),
      usual ? "往常" + usual : "",
    ];
  }

  function sheet(alert) {
    const made = element("div", "popup");
    const head = element("p", "who");
    head.appendChild(wangge.badge(alert.level, wangge.group(alert) !== "open"));
    head.appendChild(element("b", "", wangge.KINDS[alert.kind] || alert.kind));
    made.appendChild(head);
    made.appendChild(element("p", "headline", alert.headline));
    made.appendChild(element("p", "", alert.reason));
    made.appendChild(words("p", about(alert)));
    return made;
  }

  function popup(alerts) {
    const all = element("div");
    alerts.forEach(function (alert) { all.appendChild(sheet(alert)); });
    L.popup({ maxWidth: 260, maxHeight: 280, offset: [0, -10], autoPanPaddingTopLeft: [50, 60] })
      .setLatLng([alerts[0].lat, alerts[0].lon]).setContent(all).openOn(map);
  }

  const piles = wangge.makePiles(map, function (alerts) { popup(alerts); });
  const list = document.getElementById("alerts");
  data.alerts.forEach(function (alert) {
    const item = element("li");
    const button = element("button");
    button.type = "button";
    button.appendChild(wangge.badge(alert.level, wangge.group(alert) !== "open"));
    const text = element("span", "text");
    text.appendChild(element("b", "", alert.headline));
    const more = text.appendChild(element("span", "reason", alert.reason));
    more.hidden = alert.lon !== null;
    text.appendChild(words("small", about(alert)));
    button.appendChild(text);
    button.addEventListener("click", function () {
      if (alert.lon === null) return;
      unfold(false);
      container.scrollIntoView({ block: "nearest" });
      map.setView([alert.lat, alert.lon], Math.max(map.getZoom(), 14), { animate: false });
      piles.pick(alert.id);
      popup([alert]);
    });
    item.appendChild(button);
    list.appendChild(item);
  });

  const toggles = wangge.makeToggles(document.getElementById("toggles"), filter);
  toggles.count(data.alerts);
  document.getElementById("toggles").hidden = !data.alerts.length;

  // What is ticked is in the list, on the map and on paper.
  function filter() {
    const shown = data.alerts.filter(toggles.shows);
    Array.from(list.children).forEach(function (item, i) {
      item.hidden = shown.indexOf(data.alerts[i]) < 0;
      item.classList.toggle("off-paper", shown.indexOf(data.alerts[i]) >= PRINTED);
    });
    const said = document.getElementById("filtered");
    said.hidden = shown.length === data.alerts.length;
    said.textContent = "按筛选显示 " + shown.length + " 条";
    const rest = shown.length - PRINTED;
    document.getElementById("print-rest").textContent = rest > 0 ? "另有 " + rest + " 条，见网页" : "";
    piles.show(shown);
  }
  filter();

  // Paper has another size than the window: the map is laid out for it and drawn at once, because
  // printing does not wait for the next frame.
  const home = map.getBounds();
  const limits = map.options.maxBounds;
  function fit(bounds) {
    map.invalidateSize({ animate: false, pan: false });
    map.fitBounds(bounds, { animate: false });
    map.eachLayer(function (layer) {
      if (layer instanceof L.Canvas) layer._redraw();
    });
    piles.draw();
  }
  let before = null;
  window.addEventListener("beforeprint", function () {
    before = { center: map.getCenter(), zoom: map.getZoom() };
    const seen = map.getBounds();
    map.setMaxBounds(null);
    document.documentElement.classList.add("paper");
    fit(map.getZoom() > map.getBoundsZoom(home) + 1 ? seen : home);
  });
  window.addEventListener("afterprint", function () {
    document.documentElement.classList.remove("paper");
    // The window has its own size back only after this.
    setTimeout(function () {
      map.invalidateSize({ animate: false, pan: false });
      map.setView(before.center, before.zoom, { animate: false });
      map.setMaxBounds(limits);
    }, 0);
  });
  document.getElementById("print").addEventListener("click", function () { window.print(); });
}

"use strict";

// The planners' page: counts as published, on a map, in a table, as files.
(function (wangge) {
  const $ = function (id) { return document.getElementById(id); };
  const element = wangge.element;
  const HIDDEN = "#d2d2cc";
  const MEASURES = { n: "诉求量", rate: "每千户诉求量" };
  let map = null;
  let shapes = null;
  let asked = 0;

  function get(address) {
    return fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" }).then(function (answer) {
      if (answer.status === 401) location.assign("/login");
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    });
  }

  function known(value) { return typeof value === "number"; }

  function option(select, value, words) {
    const made = select.appendChild(element("option", "", words));
    made.value = value;
  }

  function query() {
    return "?month=" + encodeURIComponent($("month").value) + "&category=" + encodeURIComponent($("category").value) + "&reading=" + $("reading").value;
  }

  function figure(value, digits) {
    return known(value) ? (digits ? value.toFixed(digits) : wangge.number(value)) : "不公布";
  }

  function growth(place) {
    if (known(place.growth)) return (place.growth > 0 ? "+" : "") + wangge.share(place.growth);
    return known(place.n) && known(place.n_previous) ? "基数不足20" : "—";
  }

  function drawTable(places) {
    const table = element("table");
    const head = table.createTHead().insertRow();
    ["名称", "编码", "诉求量（件）", "每千户", "上月（件）", "环比"].forEach(function (word) { head.appendChild(element("th", "", word)); });
    const body = table.createTBody();
    const alone = !places.some(function (place) { return known(place.n_previous); });
    places.forEach(function (place) {
      const row = body.insertRow();
      [place.name || place.code, place.code, figure(place.n), known(place.n) ? (known(place.rate) ? place.rate.toFixed(1) : "户数不详") : "不公布",
        alone ? "—" : figure(place.n_previous), growth(place)].forEach(function (words, i) {
        const cell = row.insertCell();
        cell.textContent = words;
        if (i && words === "不公布") cell.className = "none";
      });
    });
    $("table").textContent = "";
    $("table").appendChild(table);
  }

  function drawMap(collection, measure) {
    if (!map) {
      map = L.map("map", wangge.mapOptions({ zoomSnap: 0.25 }));
      wangge.addBase(map);
      L.control.scale({ imperial: false }).addTo(map);
    }
    if (shapes) shapes.remove();
    const drawn = collection.features.filter(function (one) { return one.geometry; });
    const values = drawn.map(function (one) { return one.properties[measure]; });
    const between = wangge.palette.limits(values, measure === "n");
    shapes = L.geoJSON({ type: "FeatureCollection", features: drawn }, {
      style: function (one) {
        return { color: "#5b6b70", weight: 1, fillOpacity: wangge.fillOpacity(), fillColor: known(one.properties[measure]) ? wangge.palette.colour(one.properties[measure], between) : HIDDEN };
      },
      onEachFeature: function (one, shape) {
        const tip = element("div");
        tip.appendChild(element("b", "", one.properties.name || one.properties.code));
        tip.appendChild(element("div", "", MEASURES[measure] + " " + figure(one.properties[measure], measure === "rate" ? 1 : 0)));
        shape.bindTooltip(tip, { sticky: true });
      },
    }).addTo(map);
    if (drawn.length) map.fitBounds(shapes.getBounds(), { animate: false });
    const legend = $("legend");
    legend.textContent = "";
    const steps = wangge.palette.legend(measure, between).filter(function (step) {
      return step[0] !== wangge.palette.NO_DATA && step[0] !== wangge.palette.SMALL;
    });
    steps.unshift([wangge.palette.SMALL, "0"]);
    steps.push([HIDDEN, measure === "rate" ? "不公布或户数不详" : "不公布"]);
    steps.forEach(function (step) {
      const made = legend.appendChild(element("span"));
      made.appendChild(element("i")).style.background = step[0];
      made.appendChild(document.createTextNode(step[1]));
    });
  }

  function show() {
    const mine = asked += 1;
    $("state").textContent = "正在读取…";
    get("/api/published/" + $("level").value + query()).then(function (found) {
      if (mine !== asked) return;
      const places = found.features.map(function (one) { return one.properties; });
      const hidden = places.filter(function (one) { return !known(one.n); }).length;
      $("state").textContent = wangge.span(found.first_day, found.last_day) + "，全市 " + figure(found.n) + " 件；"
        + places.length + " 处中 " + hidden + " 处数量不公布。公布于 " + wangge.moment(found.made_at) + "。";
      drawTable(places);
      drawMap(found, $("measure").value);
    }).catch(function () {
      if (mine !== asked) return;
      $("state").textContent = "没有读到数据：该月份或类别没有公布，或与服务器的连接中断。";
    });
  }

  // What is shown, as a file: the form below is filled in and sent off.
  $("download").addEventListener("click", function () {
    $("asked_layer").value = "published-" + $("level").value;
    ["month", "category", "reading"].forEach(function (name) { $("asked_" + name).value = $(name).value; });
    $("asked_within").value = "";
    $("asked_layer").dispatchEvent(new Event("change"));
    $("make").click();
  });

  $("ogc").textContent = location.origin + "/ogc";
  get("/api/session").then(function (who) {
    $("back").hidden = who.rights.indexOf("alerts") < 0;
    $("jurisdiction").textContent = who.jurisdiction;
    $("demo").hidden = !who.demo;
    if (who.rights.indexOf("published") < 0) {
      $("about").textContent = "您可查看的图层，可生成文件下载。";
      return null;
    }
    $("published").hidden = false;
    return get("/api/published");
  }).then(function (about) {
    if (!about) return;
    about.months.forEach(function (one) {
      option($("month"), one.month, one.month.slice(0, 4) + "年" + Number(one.month.slice(5)) + "月");
    });
    about.classes.forEach(function (name) { option($("category"), name, name); });
    if (!about.months.length) {
      $("about").textContent = "还没有结束的月份，尚无公布的数量。";
      return;
    }
    $("about").textContent = "公布口径：供规划研究使用的各地诉求数量。";
    ["level", "month", "category", "reading", "measure"].forEach(function (id) { $(id).addEventListener("change", show); });
    show();
  }).catch(function () { $("about").textContent = "与服务器的连接中断，请稍后再试。"; });
})(window.wangge);

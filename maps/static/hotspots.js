"use strict";

// The hot-spot page: what is asked for, and who shows it.
(function (wangge) {
  const $ = function (id) { return document.getElementById(id); };
  const element = wangge.element;
  const known = wangge.known;
  const side = $("side");
  const state = { tab: "ranking", chosen: null, answer: null, course: null, drawn: "", turn: 0 };
  const map = wangge.makeHotspotMap(function (code) { pick(code); });

  function asked(withMonth) {
    const found = [["level", $("level").value], ["category", $("category").value], ["reading", $("reading").value], ["first_reports", $("first-reports").value]];
    if (withMonth) found.push(["month", $("month").value]);
    return found.filter(function (one) { return one[1]; }).map(function (one) {
      return one[0] + "=" + encodeURIComponent(one[1]);
    }).join("&");
  }

  function tell(words, bad) {
    $("state").textContent = words;
    $("state").hidden = !words;
    $("state").classList.toggle("bad", Boolean(bad));
  }

  function put(node) {
    side.textContent = "";
    side.appendChild(node);
    side.scrollTop = 0;
  }

  // --- what the top says -------------------------------------------------------------------------

  function summary(answer) {
    const reading = answer.reading === "sent" ? "派单口径" : "属地口径";
    const dedupe = { place: "，同一点位30日内只计首件", caller: "，同一来电人30日内只计首件" }[answer.first_reports] || "";
    $("period").textContent = "统计时间：" + wangge.span(answer.first_day, answer.last_day) + (answer.running ? "（本月未完）" : "")
      + "；" + reading + "；" + (answer.category ? wangge.topicName(answer.category) : "全部类别") + dedupe
      + (answer.compared ? "；环比对照 " + wangge.span(answer.compared[0], answer.compared[1]) : "");
    const total = answer.n + answer.n_not_placeable + answer.n_sinks;
    let words = "受理 " + wangge.number(total) + " 件";
    if (answer.city) {
      words += "，环比" + wangge.growthWords(answer.city.growth, answer.city.low, answer.city.high, answer.city.sure, answer.city.base);
    }
    if (answer.city_year) {
      const year = answer.city_year;
      words += "；同比" + wangge.growthWords(year.growth, year.low, year.high, year.sure, year.base);
    }
    words += "。";
    const half = answer.half;
    if (half.places && half.of > 1) {
      words += half.places + " 个" + wangge.LEVEL_NAMES[answer.level] + "（共 " + wangge.number(half.of) + " 个）占一半"
        + (half.names.length && answer.level.indexOf("h3") ? "：" + half.names.map(function (one) { return one.name; }).join("、") + (half.places > half.names.length ? "等" : "") : "") + "。";
    }
    $("summary").textContent = words;
    const beside = [];
    if (answer.n_not_placeable) beside.push("未能落到" + wangge.LEVEL_NAMES[answer.level] + " " + wangge.number(answer.n_not_placeable) + " 件，不排名");
    if (answer.sinks.length) {
      const all = answer.sinks.reduce(function (sum, one) { return sum + one.n; }, 0);
      beside.push("落点过于集中的坐标 " + answer.sinks.length + " 处 " + wangge.number(all) + " 件（"
        + answer.sinks.slice(0, 3).map(function (one) { return (one.community || one.street || one.lon.toFixed(4) + ", " + one.lat.toFixed(4)) + " " + wangge.number(one.n) + " 件"; }).join("、")
        + (answer.sinks.length > 3 ? "等" : "") + "），多为地址不详时的默认点，六边形不计，区划照计");
    }
    if (answer.silent) beside.push(answer.silent);
    $("beside").textContent = beside.join("；") + (beside.length ? "。" : "");
    $("file").href = "/hotspots/file?" + asked(true);
    reports(answer);
  }

  // The reports of the periods in which the month's last day lies, in every form.
  function reports(answer) {
    const list = $("report-list");
    list.textContent = "";
    [["month", "月通报"], ["year", "年体检"], ["week", "周分析"], ["day", "日报告"]].forEach(function (one) {
      const day = answer.last_day;
      const of = { month: answer.month, year: day.slice(0, 4) + "年", week: wangge.day(day) + "所在的一周", day: wangge.day(day) }[one[0]];
      list.appendChild(element("dt", "", one[1] + "（" + of + "）"));
      const forms = list.appendChild(element("dd"));
      [["html", "网页"], ["docx", "Word"], ["xlsx", "Excel"], ["pdf", "PDF"]].forEach(function (form) {
        const link = forms.appendChild(element("a", "", form[1]));
        link.href = "/api/reports/" + one[0] + "?date=" + day + "&format=" + form[0];
        if (form[0] === "html") link.target = "_blank";
      });
    });
  }

  // --- reading -----------------------------------------------------------------------------------

  function rateLimits(items) {
    return wangge.palette.limits(items.map(function (place) { return place.rate; }), false);
  }

  function load() {
    const turn = state.turn += 1;
    const filters = asked(false);
    const fresh = state.drawn !== filters;
    tell("正在读取…");
    const level = $("level").value;
    const month = $("month").value;
    const figures = wangge.get("/api/hotspots?form=columns&" + asked(true));
    const course = fresh ? wangge.get("/api/hotspots/months?" + filters) : state.course;
    const told = Promise.all([figures, course]).then(function (got) {
      if (turn !== state.turn) return;
      state.answer = Object.assign(got[0], { items: wangge.rows(got[0].columns) });
      state.course = got[1];
      if (fresh) showSlider();
      summary(state.answer);
      placeSlider();
      tell("");
      showTab();
    });
    // Words do not wait for borders.
    return Promise.all([map.withShapes(figures, level, month), told]).then(function (got) {
      if (turn !== state.turn) return;
      state.drawn = filters;
      if (fresh) map.limits({ n: state.course.limits, rate: rateLimits(state.answer.items) });
      map.tried(wangge.triedWords(state.answer));
      map.show(state.answer.items, got[0][1]);
      if (fresh) map.frame();
    }).catch(function (error) {
      if (turn === state.turn) tell("没有读到数据：" + error.message, true);
    });
  }

  function showSlider() {
    $("slide").max = String(Math.max(state.course.months.length - 1, 0));
    $("slide").disabled = state.course.months.length < 2;
  }

  function placeSlider() {
    const at = state.course.months.indexOf(state.answer.month);
    if (at >= 0) $("slide").value = String(at);
    $("slid").textContent = state.answer.month;
  }

  // The month under the slider is shown at once by its counts; the rest follows when it stands still.
  $("slide").addEventListener("input", function () {
    const at = Number($("slide").value);
    const counts = {};
    state.course.code.forEach(function (code, i) { counts[code] = state.course.n[at][i]; });
    $("slid").textContent = state.course.months[at];
    map.slide(counts);
  });
  $("slide").addEventListener("change", function () {
    $("month").value = state.course.months[Number($("slide").value)];
    load();
  });

  // --- the right side ----------------------------------------------------------------------------

  function showTab() {
    Array.from($("tabs").children).forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.tab === state.tab));
    });
    if (!state.answer) return null;
    if (state.tab === "ranking") return state.chosen ? why(state.chosen) : put(wangge.ranking(state.answer, pick, state.chosen));
    tell("正在读取…");
    const turn = state.turn;
    const ready = { topics: topics, governance: governance, remedies: remedies, monthly: monthly, livelihood: livelihood }[state.tab]();
    return ready.then(function (node) {
      if (turn !== state.turn) return;
      tell("");
      put(node);
    }).catch(function (error) { tell("没有读到数据：" + error.message, true); });
  }

  function topics() {
    return wangge.get("/api/hotspots/topics?month=" + $("month").value).then(function (answer) {
      return wangge.topicTable(answer.items, choose);
    });
  }

  function choose(code) {
    if (!Array.from($("category").options).some(function (one) { return one.value === code; })) return;
    $("category").value = code;
    state.tab = "ranking";
    state.chosen = null;
    load();
  }

  function listLevel() {
    return $("level").value === "community" ? "community" : "street";
  }

  function governance() {
    const of = "level=" + listLevel() + "&month=" + $("month").value + ($("category").value ? "&category=" + encodeURIComponent($("category").value) : "");
    return wangge.get("/api/governance?" + of).then(function (answer) {
      return wangge.governanceList(answer, function (decision) {
        return wangge.post("/api/governance", decision).then(showTab);
      }, state.judges ? function (codes) {
        state.tab = "remedies";
        state.listed = codes;
        showTab();
      } : null);
    });
  }

  function remedies() {
    const unit = $("level").value.indexOf("h3") ? $("level").value : "street";
    return Promise.all([wangge.get("/api/remedies"), wangge.get("/api/hotspots?level=" + unit + "&month=" + $("month").value)]).then(function (got) {
      const form = {
        level: unit, category: $("category").value, month: $("month").value, places: got[1].items, chosen: state.listed || [],
        months: Array.from($("month").options).map(function (one) { return one.value; }),
      };
      return wangge.remedyList(got[0].items, form, state.judges ? {
        enter: function (batch) { return wangge.post("/api/remedies", batch).then(showTab); },
        withdraw: function (batch) { return wangge.post("/api/remedies/withdraw", batch).then(showTab); },
      } : null);
    });
  }

  function livelihood() {
    const level = ["district", "community"].indexOf($("level").value) >= 0 ? $("level").value : "street";
    const of = "level=" + level + "&month=" + $("month").value + ($("category").value ? "&category=" + encodeURIComponent($("category").value) : "");
    return wangge.get("/api/livelihood?" + of).then(wangge.livelihoodIndex);
  }

  function monthly() {
    return Promise.all([wangge.get("/api/monthly?month=" + $("month").value), wangge.get("/api/monthly/topics")]).then(function (got) {
      return wangge.monthlyTopics(got[0], got[1].items, {
        choose: function (topic) { return wangge.post("/api/monthly/topics", topic).then(showTab); },
        add: function (topic, item) { return wangge.post("/api/monthly/topics/" + topic + "/items", item).then(showTab); },
        move: function (topic, move) { return wangge.post("/api/monthly/topics/" + topic + "/moves", move).then(showTab); },
      });
    });
  }

  function pick(code) {
    state.chosen = code;
    state.tab = "ranking";
    map.pick(code);
    document.body.classList.remove("on-map");
    phoneTabs();
    showTab();
  }

  function why(code) {
    const turn = state.turn;
    const of = asked(true) + "&code=" + encodeURIComponent(code);
    tell("正在读取…");
    return wangge.get("/api/hotspots/why?" + of).then(function (answer) {
      if (turn !== state.turn || state.chosen !== code) return;
      tell("");
      const place = state.answer.items.filter(function (one) { return one.code === code; })[0];
      put(wangge.whyPanel(place, answer, {
        back: function () {
          state.chosen = null;
          map.pick(null);
          showTab();
        },
        go: function (level, other) {
          state.chosen = other;
          if ($("level").value === level) {
            map.pick(other);
            showTab();
            return;
          }
          $("level").value = level;
          load().then(function () { map.pick(other); });
        },
        topic: choose,
        difference: function () { return wangge.get("/api/hotspots/difference?" + of); },
      }));
      map.spots(answer.spots);
    }).catch(function (error) { tell("没有读到数据：" + error.message, true); });
  }

  // --- beginning ---------------------------------------------------------------------------------

  $("tabs").addEventListener("click", function (event) {
    const tab = event.target.dataset.tab;
    if (!tab) return;
    state.tab = tab;
    if (tab === "ranking") {
      state.chosen = null;
      map.pick(null);
    }
    showTab();
  });
  ["month", "category", "first-reports"].forEach(function (id) { $(id).addEventListener("change", load); });
  ["level", "reading"].forEach(function (id) {
    $(id).addEventListener("change", function () {
      const cells = $("level").value.indexOf("h3") === 0;
      if (cells) $("reading").value = "lies";
      $("reading").disabled = cells;
      if (id === "level") state.chosen = null;
      load();
    });
  });
  $("asked").addEventListener("submit", function (event) { event.preventDefault(); });

  function phoneTabs() {
    const on = document.body.classList.contains("on-map");
    $("tab-map").setAttribute("aria-pressed", String(on));
    $("tab-side").setAttribute("aria-pressed", String(!on));
  }
  $("tab-map").addEventListener("click", function () {
    document.body.classList.add("on-map");
    phoneTabs();
    document.querySelector(".phone-tabs").scrollIntoView();
    map.frame();
  });
  $("tab-side").addEventListener("click", function () {
    document.body.classList.remove("on-map");
    phoneTabs();
  });

  function begin(overview) {
    $("jurisdiction").textContent = overview.jurisdiction;
    document.title = overview.jurisdiction + "诉求热点研判";
    $("demo").hidden = !overview.demo;
    if (!overview.months.length) {
      tell("尚无诉求数据。导入诉求后，这里显示热点。");
      return null;
    }
    overview.months.forEach(function (one) {
      const words = Number(one.month.slice(0, 4)) + "年" + Number(one.month.slice(5)) + "月";
      $("month").appendChild(element("option", "", words)).value = one.month;
    });
    // A month of which few days are there yet is not opened by itself.
    $("month").value = overview.month;
    return wangge.get("/api/hotspots/topics?month=" + $("month").value).then(function (answer) {
      answer.items.filter(function (one) { return one.depth <= 3; }).forEach(function (one) {
        const indent = "　".repeat(one.depth - 1);
        $("category").appendChild(element("option", "", indent + wangge.topicName(one.code) + " " + wangge.number(one.n))).value = one.code;
      });
      return load();
    });
  }

  // Reports tell of alerts: they are for those who may see these.
  wangge.get("/api/session").then(function (who) {
    state.judges = who.rights.indexOf("judge") >= 0;
    $("reports").hidden = who.rights.indexOf("alerts") < 0;
    $("reports").open = location.hash === "#reports";
  }).catch(function () { /* the head of the page says who is signed in, or that the line is lost */ });

  wangge.get("/api/overview").then(begin).catch(function (error) {
    $("lost").hidden = false;
    $("lost").textContent = "没有读到数据：" + error.message;
  });
})(window.wangge);

"use strict";

// The page of one whistle: bureaus and their clocks, 报到签到 on a phone, who lets them go.
(function (wangge) {
  const $ = function (id) { return document.getElementById(id); };
  const element = wangge.element;
  const id = Number(/\/whistles\/(\d+)/.exec(location.pathname)[1]);
  const WORDS = { name: "words", kind: "text", word: "情况说明", long: true };
  const MUST = Object.assign({}, WORDS, { must: true });
  let seen = -1;

  function bureau(whistle, names) {
    return { name: "bureau", kind: "choose", word: "单位", choices: wangge.asChoices(names || wangge.ownBureaus(whistle)) };
  }

  const ACTS = {
    approve: function () { return { word: "审核通过", look: "main", fields: [WORDS] }; },
    refuse: function () { return { word: "退回", fields: [MUST] }; },
    blow: function () { return { word: "吹哨", look: "main", fields: [WORDS] }; },
    allot: function () {
      return { word: "分哨", fields: [{ name: "bureaus", kind: "pick", many: true, word: "增加到场单位", choices: wangge.asChoices(wangge.BUREAUS) }, WORDS] };
    },
    answer: function (whistle) { return { word: "应哨", look: "main", of: true, fields: [bureau(whistle), WORDS] }; },
    report_in: function (whistle) {
      return { word: "报到签到", look: "main", of: true, here: true, fields: [
        bureau(whistle), { name: "place", kind: "text", word: "到场地点", most: 100, value: whistle.place },
      ] };
    },
    handle: function (whistle) { return { word: "登记处置", of: true, fields: [bureau(whistle), MUST] }; },
    report_back: function (whistle) { return { word: "反馈", of: true, fields: [bureau(whistle), MUST] }; },
    end: function () { return { word: "销哨", look: "main", fields: [WORDS] }; },
    veto: function () { return { word: "不同意销哨", look: "grave", fields: [MUST] }; },
    withdraw: function () { return { word: "撤回", look: "grave", fields: [MUST] }; },
    rate: function (whistle) {
      return { word: "考核", fields: [
        bureau(whistle, whistle.bureaus.map(function (one) { return one.name; })),
        { name: "rating", kind: "pick", word: "评价", choices: Object.keys(wangge.RATINGS).map(function (key) { return [key, wangge.RATINGS[key]]; }) },
        MUST,
      ] };
    },
    object: function (whistle) { return { word: "异议", of: true, fields: [bureau(whistle), MUST] }; },
  };

  // Where the phone says where it is, the sign-in carries it; where it does not, the typed place does.
  function withPlace(form, body) {
    if (!navigator.geolocation) return;
    const line = form.insertBefore(element("p", "quiet", "正在取得位置…"), form.lastChild);
    navigator.geolocation.getCurrentPosition(function (found) {
      body.lon = Math.round(found.coords.longitude * 1e6) / 1e6;
      body.lat = Math.round(found.coords.latitude * 1e6) / 1e6;
      line.textContent = "已取得位置（误差约 " + Math.round(found.coords.accuracy) + " 米）";
    }, function () { line.textContent = "未取得位置，请填写到场地点。"; }, { timeout: 10000, maximumAge: 60000 });
  }

  function acts(whistle) {
    const box = $("moves");
    box.textContent = "";
    const own = whistle.lawful.filter(function (name) {
      return ACTS[name] && (!ACTS[name](whistle).of || wangge.ownBureaus(whistle).length);
    });
    if (!own.length) box.appendChild(element("p", "quiet", "现阶段没有需要您处理的事项。"));
    wangge.buttons(box, own.map(function (name) {
      const of = ACTS[name](whistle);
      return { name: name, word: of.word, look: of.look, form: function () {
        const body = { seen: whistle.seen };
        const form = wangge.makeForm({ word: of.word, address: "/api/whistles/" + id + "/" + name.replace("_", "-"), fields: of.fields, body: body }, show, taken);
        if (of.here) withPlace(form, body);
        return form;
      } };
    }));
  }

  function time(at, by, late, none) {
    if (at) return element("span", late ? "late" : "done-mark", wangge.moment(at) + (late ? "（逾时）" : ""));
    return element("span", late ? "late" : "", by ? (late ? "逾时，限 " : "限 ") + wangge.moment(by) : none);
  }

  function bureaus(whistle) {
    const box = $("bureaus");
    box.textContent = "";
    box.appendChild(wangge.table(["单位", "应哨", "报到", "反馈"], whistle.bureaus.map(function (one) {
      const came = time(one.on_site_at, one.on_site_by, one.late_on_site, "—");
      if (one.place) came.appendChild(element("div", "quiet", one.place));
      if (one.lon !== null) came.appendChild(element("div", "quiet", "已定位 " + one.lon.toFixed(4) + ", " + one.lat.toFixed(4)));
      return [one.name, time(one.answered_at, one.answer_by, one.late_to_answer, "—"), came, one.reported_at ? wangge.moment(one.reported_at) : "—"];
    })));
  }

  function show(whistle) {
    seen = whistle.seen;
    $("headline").textContent = whistle.street_name + "吹哨：" + whistle.cause_name;
    document.title = $("headline").textContent + " · 诉求风险提示";
    const meta = $("meta");
    meta.textContent = "";
    meta.appendChild(element("span", "stage", wangge.whistleStands(whistle)));
    meta.appendChild(element("span", "", "编号 " + whistle.id));
    if (whistle.alert_id) meta.appendChild(element("a", "", "所据提示 " + whistle.alert_id)).href = "/alerts/" + whistle.alert_id;
    acts(whistle);
    bureaus(whistle);
    $("draft").textContent = "";
    $("draft").appendChild(wangge.table(["项目", "内容"], [
      ["事由", whistle.words], ["已采取措施", whistle.tried || "—"], ["请求事项", whistle.ask || "—"],
      ["报到地点", whistle.place || "—"], ["约定到场", whistle.agreed_at ? wangge.moment(whistle.agreed_at) : "按情形时限"],
    ]));
    $("timeline").textContent = "";
    $("timeline").appendChild(wangge.timeline(whistle.moves.map(function (step) {
      return { at: step.at, label: step.label, by: step.who, post: step.bureau, words: step.words, detail: step.detail };
    }), function (made) { return made.detail.rating ? ["评价：" + wangge.RATINGS[made.detail.rating]] : []; }));
    return null;
  }

  function taken(problem) {
    return wangge.ask("/api/whistles/" + id).then(function (whistle) {
      const last = whistle.moves[whistle.moves.length - 1];
      const first = whistle.seen !== seen;
      show(whistle);
      const why = String(problem.detail);
      const words = first ? "没有保存：" + last.who + " 已于 " + wangge.moment(last.at) + " " + last.label + "，请看最新情况后再办。"
        : why.indexOf("two persons") >= 0 ? "没有保存：拟哨人不能审核，须由另一人审核。"
          : why.indexOf("事不完") >= 0 ? "没有保存：还有已报到的单位未反馈，不能销哨（事不完、人不撤）。"
            : why.indexOf("reported in") >= 0 ? "没有保存：请先报到签到，再反馈。" : "没有保存：当前环节不能这样办。";
      $("moves").appendChild(element("p", "said", words)).setAttribute("role", "alert");
      return words;
    });
  }

  function load() {
    return wangge.ask("/api/whistles/" + id).then(function (whistle) {
      if (whistle.seen !== seen && !$("moves").querySelector("form")) show(whistle);
    });
  }

  wangge.session.then(load).catch(function (error) {
    $("headline").textContent = error.message === "404" ? "没有此编号的吹哨，或不在您的辖区。" : "读取失败，请刷新页面。";
  });
  setInterval(function () { load().then(function () { $("lost").hidden = true; }).catch(wangge.lost); }, 15000);
})(window.wangge);

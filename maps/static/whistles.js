"use strict";

// All whistles, a draft of a new one, and how often each street blows and each bureau comes.
(function (wangge) {
  const $ = function (id) { return document.getElementById(id); };
  const element = wangge.element;
  const about = /[?&]alert=(\d+)/.exec(location.search);

  function item(one) {
    const made = element("li");
    const link = made.appendChild(element("a"));
    link.href = "/whistles/" + one.id;
    const text = link.appendChild(element("span"));
    text.appendChild(element("b", "", one.street_name + "：" + one.words));
    const meta = text.appendChild(element("span", "meta"));
    const late = one.bureaus.filter(function (of) { return of.late_on_site || of.late_to_answer; });
    [
      wangge.whistleStands(one),
      one.cause_name,
      one.bureaus.map(function (of) { return of.name; }).join("、"),
      wangge.moment(one.made_at),
    ].forEach(function (word) { if (word) meta.appendChild(element("span", "", word)); });
    if (late.length && one.state !== "ended") meta.appendChild(element("span", "late", "逾时：" + late.map(function (of) { return of.name; }).join("、")));
    return made;
  }

  function draftForm(causes, streets) {
    const agreed = causes.filter(function (one) { return one.on_site_min === null; }).map(function (one) { return one.name; });
    const clocks = causes.filter(function (one) { return one.on_site_min !== null; }).map(function (one) { return one.name + one.on_site_min + "分钟内到场"; });
    return wangge.makeForm({
      word: "提交拟哨",
      address: "/api/whistles",
      body: about ? { alert_id: Number(about[1]) } : {},
      fields: [
        { name: "cause", kind: "choose", word: "吹哨情形", hint: clocks.join("；"), choices: causes.map(function (one) { return [one.key, one.name]; }) },
        { name: "street", kind: "choose", word: "街乡镇", choices: streets.map(function (one) { return [one.code, one.name]; }) },
        { name: "words", kind: "text", word: "事由", long: true, must: true },
        { name: "tried", kind: "text", word: "已采取措施", long: true },
        { name: "ask", kind: "text", word: "请求事项", long: true },
        { name: "place", kind: "text", word: "报到地点", most: 100 },
        { name: "bureaus", kind: "pick", many: true, word: "请求到场单位", choices: wangge.asChoices(wangge.BUREAUS) },
        { name: "agreed_at", kind: "text", type: "datetime-local", none: null, word: "约定到场时间", hint: agreed.join("、") + "须填" },
      ],
    }, function (made) { location.assign("/whistles/" + made.id); }, function () {
      return Promise.resolve("没有保存：当前不能拟哨。");
    });
  }

  function show(found, who) {
    $("list").textContent = "";
    found.items.forEach(function (one) { $("list").appendChild(item(one)); });
    $("state").textContent = found.items.length ? "共 " + found.items.length + " 次" : "目前没有吹哨。";
    $("drafting").hidden = who.rights.indexOf("whistle") < 0;
    if ($("drafting").hidden || $("draft").childNodes.length) return;
    wangge.buttons($("draft"), [{ name: "draft", word: about ? "就提示 " + about[1] + " 拟哨" : "拟哨", look: "main", form: function () { return draftForm(found.causes, found.streets); } }]);
    if (about) $("draft").querySelector("button").click();
  }

  function rates(found) {
    const box = $("rates");
    box.textContent = "";
    if (!found.streets.length) {
      box.appendChild(element("p", "quiet", "近30天没有吹哨。"));
      return;
    }
    box.appendChild(wangge.table(["街乡镇", "吹哨（次）", "受理诉求（件）", "吹哨率（次/千件）"], found.streets.map(function (one) {
      return [one.name, String(one.blown), wangge.number(one.appeals), one.per_thousand === null ? "—" : one.per_thousand.toFixed(1)];
    })));
    box.appendChild(wangge.table(["单位", "被吹哨（次）", "应哨及时", "报到及时"], found.bureaus.map(function (one) {
      return [one.bureau, String(one.called), one.answered_in_time + " 次", one.on_site_in_time + " 次"];
    })));
  }

  wangge.session.then(function (who) {
    return wangge.ask("/api/whistles").then(function (found) { show(found, who); });
  }).then(function () { return wangge.ask("/api/whistles/rates"); }).then(rates).catch(wangge.lost);
})(window.wangge);

"use strict";

// 整改成效: batches of remedies, what they brought, and a form to enter one, all at once or by lot.
(function (wangge) {
  const element = wangge.element;
  const known = wangge.known;

  const VERDICTS = { fell: "明显下降", unclear: "看不出变化", rose: "明显上升" };
  const LEAST_LOTS = 50; // as hotspots.lots has it

  function names(places) {
    return places.map(function (place) { return place.name; }).join("、");
  }

  function waiting(one) {
    return one.places.filter(function (place) { return place.waits; });
  }

  function begun(one) {
    return one.places.filter(function (place) { return !place.waits; });
  }

  function outcome(one) {
    if (one.missing === "not_over") return "整改后还没有满一个月，不能判断。";
    if (one.missing === "too_young") return "以往只有 " + one.there + " 个月数据，按以往推算 " + one.months + " 个月要有 " + one.needed + " 个月，不能推算。";
    if (one.missing) return "没有触发月份的数据，不能判断。";
    const of = one.outcome;
    let words = VERDICTS[of.verdict] + "：整改后 " + one.months + " 个月 " + wangge.number(of.came) + " 件，不整改预计 " + of.expected + " 件（正常 "
      + wangge.number(of.low) + " 至 " + wangge.number(of.high) + " 件）。";
    if (of.above && of.verdict !== "rose") words += "高于正常范围，但一起挑出来的地方常常一起继续上升，成批判断不能断定上升，宜逐个看。";
    words += "真下降三成，有 " + wangge.percent(of.power) + " 的把握看得出来；";
    words += known(of.visible_fall) ? "下降 " + wangge.percent(of.visible_fall) + " 以上才看得出来。" : "件数太少，降到零也看不出来。";
    return words;
  }

  // What the lot says; until a month is over there is nothing.
  function byLot(one) {
    const of = one.lot;
    if (!of.verdict) {
      return of.waited_until && !of.months ? "等待的地方 " + wangge.day(of.waited_until) + " 也开始整改，先后相差不满一个月，抽签不能判断。"
        : "整改后还没有满一个月，抽签不能判断。";
    }
    let words = VERDICTS[of.verdict] + "：抽签后 " + of.months + " 个月，先做的为预计的 " + wangge.percent(of.began) + "，等待的为预计的 " + wangge.percent(of.waited)
      + "。什么也没做、光凭抽签，先做的低这么多的可能为 " + (of.p < 0.001 ? "不到 0.1%" : (of.p * 100).toFixed(1) + "%") + "，不超过 2% 才算明显下降。真下降三成，有 "
      + wangge.percent(of.power) + " 的把握看得出来。";
    if (of.waited_until) words += "等待的地方 " + wangge.day(of.waited_until) + " 起也整改，只比到此前的整月。";
    return words;
  }

  function ring(one) {
    if (!one.neighbours) return "";
    return "周边：" + VERDICTS[one.neighbours.verdict] + "（" + wangge.number(one.neighbours.came) + " 件，预计 " + one.neighbours.expected + " 件）"
      + (one.neighbours.above ? "，高于正常范围，注意问题是否移到周边。" : "。");
  }

  function section(one, onWithdraw) {
    const box = element("section", "part");
    box.appendChild(element("h3", "", one.batch));
    const count = one.lot ? one.places.length + " 个，抽签先做 " + begun(one).length + " 个：" : one.places.length + " 个：";
    box.appendChild(element("p", "", one.what.join("；") + "。" + wangge.LEVEL_NAMES[one.level] + " " + count + names(begun(one)) + "；"
      + (one.category ? wangge.topicName(one.category) : "全部类别") + "；触发月份 " + one.trigger_month + "，" + wangge.day(one.started_on) + "开始。"));
    if (one.lot) {
      box.appendChild(element("p", "", "等待 " + waiting(one).length + " 个：" + names(waiting(one)) + "。"));
      box.appendChild(element("p", "outcome", byLot(one)));
      const again = one.lot.withdrawn ? "这些地方此前抽过签又撤回 " + one.lot.withdrawn + " 次。" : "";
      box.appendChild(element("p", "foot", again + "签号 " + one.lot.seed + "：按“签号/编码”的 SHA-256 从小到大排，前 " + begun(one).length + " 个先做，谁都可以复核。"));
      if (one.missing !== "not_over") box.appendChild(element("p", "", "另按以往推算：" + outcome(one)));
    } else box.appendChild(element("p", "outcome", outcome(one)));
    if (ring(one)) box.appendChild(element("p", "", ring(one)));
    if (onWithdraw) box.appendChild(withdrawing(one, onWithdraw));
    return box;
  }

  // A batch entered in error is taken back by a second click.
  function withdrawing(one, onWithdraw) {
    const box = element("p", "");
    const said = element("span", "bad");
    const button = box.appendChild(wangge.button("撤回这一批", function () {
      if (!button.dataset.asked) {
        button.dataset.asked = "yes";
        button.textContent = one.lot ? "确认撤回：连同抽签一起作废，并留下记录" : "确认撤回：登记有误才撤回，并留下记录";
        return;
      }
      button.disabled = true;
      onWithdraw({ batch: one.batch, who: wangge.me || one.who[0] }).catch(function (error) {
        said.textContent = "没有撤回：" + error.message;
        button.disabled = false;
      });
    }, "link"));
    box.appendChild(said);
    return box;
  }

  // In how many ways so many of these places can be drawn.
  function ways(places, begin) {
    let n = 1;
    for (let i = 1; i <= Math.min(begin, places - begin); i += 1) n = n * (places - i + 1) / i;
    return Math.round(n);
  }

  function entering(form, onEnter) {
    const made = element("form", "sign");
    made.appendChild(element("h3", "", "登记整改（" + wangge.LEVEL_NAMES[form.level] + "，" + (form.category ? wangge.topicName(form.category) : "全部类别") + "）"));
    const batch = wangge.field(made, "批次名称", wangge.typed(100));
    const places = wangge.field(made, "地点（按住Ctrl可多选）", element("select"));
    places.multiple = true;
    places.size = 6;
    form.places.forEach(function (place) {
      const option = places.appendChild(element("option", "", place.name));
      option.value = place.code;
      option.selected = form.chosen.indexOf(place.code) >= 0;
    });
    const begin = wangge.field(made, "抽签先做几个（全部先做不填）", element("input"));
    begin.type = "number";
    begin.min = 1;
    const month = wangge.field(made, "触发月份", element("select"));
    form.months.forEach(function (one) { month.appendChild(element("option", "", one)).value = one; });
    month.value = form.month;
    const day = wangge.field(made, "开始日期", element("input"));
    day.type = "date";
    const what = wangge.field(made, "做了什么", wangge.typed(500));
    const who = wangge.me ? null : wangge.field(made, "登记人", wangge.typed(100));
    const offer = made.appendChild(element("p", "foot offer"));
    const said = element("span", "bad");
    const button = made.appendChild(element("button", "", "登记"));
    button.type = "submit";
    made.appendChild(said);

    // A list that is too long to begin at once is drawn: the lot proves what it brought.
    function offering() {
      const k = places.selectedOptions.length;
      const n = Number(begin.value);
      if (!n) {
        offer.textContent = "一次做不完的，可以抽签决定谁先做、谁等下一批：先做的和等待的只差一支签，一比就知道整改有没有用，不需要两年的以往数据。至少 8 个里先做 3 个。";
        return true;
      }
      const all = n < k ? ways(k, n) : 0;
      const proves = all >= LEAST_LOTS;
      offer.textContent = proves ? "选了 " + k + " 个，抽签先做 " + n + " 个，等待 " + (k - n) + " 个。登记时抽签，抽完不能改；等待的开始整改时另登记一批。"
        : "选了 " + k + " 个，先做 " + n + " 个，只有 " + all + " 种抽法；不到 " + LEAST_LOTS + " 种，抽签证明不了什么。至少 8 个里先做 3 个，或 11 个里先做 2 个。";
      button.textContent = proves ? "登记并抽签" : "登记";
      return proves;
    }
    [places, begin].forEach(function (input) { input.addEventListener("input", offering); });
    offering();

    made.addEventListener("submit", function (event) {
      event.preventDefault();
      const codes = Array.from(places.selectedOptions).map(function (one) { return one.value; });
      if (!batch.value.trim() || !codes.length || !day.value || !what.value.trim() || (who && !who.value.trim())) {
        said.textContent = "除抽签外，每一项都要填写。";
        return;
      }
      if (!offering()) {
        said.textContent = "没有登记：地点太少，抽签证明不了什么。";
        return;
      }
      button.disabled = true;
      onEnter({
        batch: batch.value.trim(), level: form.level, codes: codes, category: form.category || "", trigger_month: month.value,
        started_on: day.value, what: what.value.trim(), who: who ? who.value.trim() : wangge.me, begin: Number(begin.value) || null,
      }).catch(function (error) {
        said.textContent = "没有登记：" + error.message;
        button.disabled = false;
      });
    });
    return made;
  }

  // act: enter and withdraw of those who may; null for readers.
  wangge.remedyList = function (items, form, act) {
    const box = element("div", "remedies");
    box.appendChild(element("p", "lead", "按触发月份之前12个月推算不整改会有多少件，扣除全市增减和自然回落。单个地方件数少，看不出三成以下的变化，宜成批整改、成批判断。抽签分批的，以抽签为准。"));
    if (!items.length) box.appendChild(element("p", "none", "还没有登记整改。"));
    items.forEach(function (one) { box.appendChild(section(one, act && act.withdraw)); });
    if (act) box.appendChild(entering(form, act.enter));
    return box;
  };
})(window.wangge);

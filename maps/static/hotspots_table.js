"use strict";

// The ranked table and the topics of the hot-spot page.
(function (wangge) {
  const element = wangge.element;
  const known = wangge.known;
  const FIRST_ROWS = 50;

  // All places, ranked; a click on one asks why.
  wangge.ranking = function (answer, onPick, chosen) {
    const box = element("div");
    const withPlaces = answer.items.filter(function (place) { return place.small || place.n > 0; });
    if (!withPlaces.length) {
      const sent = answer.reading === "sent" && !answer.by_cell;
      box.appendChild(element("p", "none", sent ? "派单口径下，没有派到这一级的诉求。" : "这个月没有诉求落到这一级。"));
      return box;
    }
    const many = withPlaces.length > FIRST_ROWS;
    function draw(rows) {
      const table = element("table", "ranking");
      const head = table.appendChild(element("thead")).appendChild(element("tr"));
      [["名次", ""], ["名次区间", "九成把握下的名次范围"], ["名称", ""], ["件", ""], ["每千户", ""], ["环比", "带箭头的变化明显"], ["判断", ""]]
        .forEach(function (one) {
          const cell = head.appendChild(element("th", "", one[0]));
          cell.scope = "col";
          if (one[1]) cell.title = one[1];
        });
      const body = table.appendChild(element("tbody"));
      rows.forEach(function (place) {
        const line = body.appendChild(element("tr", place.code === chosen ? "picked" : ""));
        line.dataset.code = place.code;
        line.appendChild(element("td", "number", known(place.rank) ? String(place.rank) : "—"));
        line.appendChild(element("td", "number", wangge.rankWords(place)));
        line.appendChild(element("td", "name")).appendChild(wangge.button(wangge.placeName(place), function () { onPick(place.code); }, "link"));
        line.appendChild(element("td", "number", place.small ? "小于5" : wangge.number(place.n)));
        line.appendChild(element("td", "number", known(place.rate) ? place.rate.toFixed(1) : "—"));
        line.appendChild(element("td", "number", wangge.growthShort(place)));
        line.appendChild(element("td")).appendChild(wangge.chips(place));
        line.addEventListener("click", function (event) {
          if (event.target.tagName !== "BUTTON") onPick(place.code);
        });
      });
      return table;
    }
    let table = box.appendChild(draw(withPlaces.slice(0, FIRST_ROWS)));
    if (many) {
      box.appendChild(wangge.button("显示全部 " + wangge.number(withPlaces.length) + " 个", function (event) {
        event.target.remove();
        const whole = draw(withPlaces);
        box.replaceChild(whole, table);
        table = whole;
      }, "more"));
    }
    const quiet = answer.items.length - withPlaces.length;
    if (quiet) box.appendChild(element("p", "foot", "另有 " + wangge.number(quiet) + " 个没有诉求。"));
    box.appendChild(element("p", "foot", wangge.method(answer)));
    return box;
  };

  // How the focus layer would have fared, beside its control.
  wangge.triedWords = function (answer) {
    const share = wangge.percent(answer.focus_share);
    const of = answer.backtest;
    if (!answer.items.some(function (place) { return place.focus_flag; })) return "没有小到能放进面积" + share + "的地方，请看社区、网格或六边形。";
    if (!of) return "占面积" + share + "以内。满13个月才能回测。";
    const figures = function (one) { return "命中" + wangge.percent(one.hit_rate) + "，PAI " + (known(one.pai) ? one.pai.toFixed(2) : "—") + "，PEI " + (known(one.pei) ? one.pei.toFixed(2) : "—"); };
    return "占面积" + share + "以内。回测" + of.months + "个月：" + figures(of.layer) + "；对照（近12个月件数）" + figures(of.control) + "。";
  };

  // On what the words rest, for whoever asks.
  wangge.method = function (answer) {
    const base = answer.base === "households" ? "集中按户数比较" : answer.base === "appeals" ? "集中按全部类别的诉求比较" : "没有可比的基数，不判断集中";
    const past = answer.compared ? "突增按本地以往比较，已扣除全市增减" : "没有以往数据，不判断突增";
    const trend = answer.trend_step ? "演变按 " + answer.trend_periods + " 个" + (answer.trend_step === "month" ? "月" : "周") + "判断" : "不足10期，不判断演变";
    return past + "；" + base + "；" + trend + "。误判在判为突增、集中的地方中不超过5%。各月涨落为偶然涨落的 " + answer.dispersion.toFixed(1) + " 倍，区间已据此放宽。";
  };

  // Classes of the city's month; a click on one asks for it.
  wangge.topicTable = function (items, onPick) {
    const box = element("div");
    const half = items.filter(function (one) { return one.half; });
    if (half.length) {
      box.appendChild(element("p", "lead", half.length + " 个类别占全市诉求的一半，其中最多的是" + half.slice().sort(function (a, b) { return b.n - a.n; })
        .slice(0, 3).map(function (one) { return "“" + wangge.topicName(one.code) + "”"; }).join("、") + "。"));
    }
    const rows = items.filter(function (one) { return one.depth === 1 || one.half; }).map(function (one) {
      const name = wangge.button(wangge.topicName(one.code), function () { onPick(one.code); }, "link depth-" + Math.min(one.depth, 3));
      name.title = one.code;
      const change = wangge.growthShort({ growth: one.growth, growth_sure: one.sure });
      return [name, wangge.number(one.n), one.n_previous === null ? "小于5" : wangge.number(one.n_previous), change, one.half ? "占一半之列" : ""];
    });
    box.appendChild(wangge.table(["类别", "件", "上期", "环比", ""], rows, "topics"));
    return box;
  };
})(window.wangge);

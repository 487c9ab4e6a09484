"use strict";

// 民生指数: every part with its value, points and weight, so that nobody has to trust a number.
(function (wangge) {
  const element = wangge.element;
  const known = wangge.known;

  const PARTS = {
    load: ["诉求密度", "近3个月每千户诉求量与全市之比", "倍"], growth: ["诉求增长", "近3个月日均与此前12个月日均之比", "倍"],
    repeats: ["重复诉求", "近3个月同一点位30日内重复占比", "%"], contact: ["响应率", "近3个月，剔除后", "%"],
    resolution: ["解决率", "近3个月，剔除后", "%"], satisfaction: ["满意率", "近3个月，剔除后", "%"],
  };

  function value(name, of) {
    if (!known(of)) return "无数据";
    return PARTS[name][2] === "%" ? (of * 100).toFixed(1) + "%" : of.toFixed(2);
  }

  function shown(of, digits) { return known(of) ? of.toFixed(digits) : "—"; }

  // How the index of one place comes about, line by line.
  function reckoning(one, scale) {
    const box = element("div", "reckoning");
    let total = 0;
    let weight = 0;
    const rows = Object.keys(PARTS).map(function (name) {
      const part = one.parts[name];
      const of = scale.parts[name];
      if (known(part.points)) {
        total += part.points * of.weight;
        weight += of.weight;
      }
      return [PARTS[name][0], value(name, part.value), value(name, of.full) + " 得满分，" + value(name, of.none) + " 得零分", shown(part.points, 1), String(of.weight), known(part.points) ? (part.points * of.weight).toFixed(2) : "不计"];
    });
    box.appendChild(wangge.table(["分项", "数值", "标尺", "得分", "权重", "得分×权重"], rows, "parts"));
    box.appendChild(element("p", "", known(one.index[one.index.length - 1])
      ? "合计 " + total.toFixed(2) + " ÷ 有数据的权重 " + weight.toFixed(2) + " = " + (total / weight).toFixed(1) + "。"
      : "有数据的权重不足 " + wangge.percent(scale.known) + "，不计算指数。"));
    return box;
  }

  wangge.livelihoodIndex = function (answer) {
    const box = element("div", "governance livelihood");
    const names = Object.keys(PARTS);
    const reading = answer.reading === "sent" ? "派单口径" : "属地口径（诉求没有写明派给哪个单位）";
    box.appendChild(element("p", "lead", wangge.LEVEL_NAMES[answer.level] + "，" + reading + "，0 至 100 分，低的在前。分项按固定标尺打分，再按权重（括号内）平均，不与别的地方比较。点名称看怎么算出来的。"));
    if (answer.of_data < 6) box.appendChild(element("p", "foot", "只有 " + answer.of_data + " 个月数据，诉求增长要看 6 个月，暂无数据。"));
    const table = box.appendChild(element("table", "ranking"));
    const head = table.appendChild(element("thead")).appendChild(element("tr"));
    ["名称", "指数（" + answer.months.join(" → ") + "）"].concat(names.map(function (name) {
      return PARTS[name][0] + "（" + answer.scale.parts[name].weight + "）";
    })).forEach(function (word, at) {
      const cell = head.appendChild(element("th", "", word));
      cell.scope = "col";
      if (at > 1) cell.title = PARTS[names[at - 2]][1];
    });
    const body = table.appendChild(element("tbody"));
    answer.items.forEach(function (one) {
      const line = body.appendChild(element("tr"));
      line.dataset.code = one.code;
      const open = wangge.opening(line, one.name, names.length + 2, function () {
        return one.small ? element("p", "", "近3个月诉求小于5件，不显示。") : reckoning(one, answer.scale);
      });
      open.title = "怎么算出来的";
      line.appendChild(element("td", "name")).appendChild(open);
      line.appendChild(element("td", "number", one.index.map(function (of) { return shown(of, 1); }).join(" → ")));
      names.forEach(function (name) {
        const part = one.parts[name];
        line.appendChild(element("td", "number", one.small ? "—" : known(part.points) ? part.points.toFixed(1) : "无数据"));
      });
    });
    return box;
  };
})(window.wangge);

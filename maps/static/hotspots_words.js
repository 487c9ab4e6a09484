"use strict";

// Words and figures of the hot-spot page, as an office writes them.
(function (wangge) {
  const element = wangge.element;

  wangge.LEVEL_NAMES = {
    district: "区县", street: "街乡镇", community: "社区（村）", grid: "网格",
    "h3-8": "六边形", "h3-9": "六边形", "h3-10": "六边形",
  };

  // Numbers of hotspots.emerging.Pattern.
  const TRENDS = {
    1: "新增热点", 2: "连续热点", 3: "热点加强", 4: "持续热点", 5: "热点减弱", 6: "时有时无", 7: "冷热反复", 8: "曾为热点",
  };

  wangge.known = function (value) {
    return typeof value === "number" && isFinite(value);
  };
  const known = wangge.known;

  wangge.placeName = function (place) {
    return place.name || place.code;
  };

  wangge.count = function (value) {
    return known(value) ? wangge.number(value) : "小于5";
  };

  function signed(value) {
    return (value < 0 ? "-" : "") + wangge.share(value);
  }

  // A growth with its interval; below a tenth of a percent nothing has changed.
  wangge.growthWords = function (growth, low, high, sure, base) {
    if (!known(growth)) {
      if (!known(base)) return "无可比数据";
      return base >= 20 ? "数量过小，不计算" : "上期 " + wangge.number(base) + " 件，基数不足20，不计算";
    }
    const flat = Math.abs(growth) < 0.0005;
    const word = flat ? "持平" : (growth > 0 ? "上升 " : "下降 ") + wangge.share(growth);
    const between = known(low) && known(high) ? "（95%区间 " + signed(low) + " 至 " + signed(high) + "）" : "";
    return word + between + (sure ? "" : "，变化不明显");
  };

  wangge.growthShort = function (place) {
    if (!known(place.growth)) return "—";
    if (Math.abs(place.growth) < 0.005) return "持平";
    const percent = Math.round(Math.abs(place.growth) * 100) + "%";
    if (place.growth_sure) return (place.growth > 0 ? "↑" : "↓") + percent;
    return (place.growth > 0 ? "+" : "-") + percent;
  };

  wangge.rankWords = function (place) {
    if (!known(place.rank_low) || place.small) return "—";
    return place.rank_low === place.rank_high ? String(place.rank_low) : place.rank_low + "–" + place.rank_high;
  };

  // What is said of a place, in words and never in stars: [word, class, what it means].
  wangge.marks = function (place) {
    const found = [];
    if (place.small) return found;
    if (place.surge) found.push(["突增", "surge", "明显多于本地以往（已扣除全市增减）"]);
    if (place.concentrated) found.push(["集中", "concentrated", "明显多于其他地方"]);
    const trend = TRENDS[Math.abs(place.trend)];
    if (trend) {
      if (place.trend > 0) found.push([trend, "trend", "热点演变，按各期与全市相比"]);
      else found.push(["来电偏少", "few", "周边来电持续偏少，宜查诉求渠道，不作表扬"]);
    }
    if (place.course > 0) found.push(["占比上升", "trend", "占全市的份额在上升"]);
    if (place.course < 0) found.push(["占比下降", "few", "占全市的份额在下降"]);
    return found;
  };

  wangge.chips = function (place) {
    const box = element("span", "chips");
    wangge.marks(place).forEach(function (mark) {
      const chip = box.appendChild(element("span", "chip " + mark[1], mark[0]));
      chip.title = mark[2];
    });
    return box;
  };

  wangge.percent = function (share) {
    return known(share) ? Math.round(share * 100) + "%" : "—";
  };

  // A class by its last step, the ones above in front of it where there is room.
  wangge.topicName = function (code) {
    const steps = String(code).split("/");
    return steps[steps.length - 1];
  };

  wangge.table = function (heads, rows, className) {
    const made = element("table", className || "");
    const head = made.appendChild(element("thead")).appendChild(element("tr"));
    heads.forEach(function (word) {
      const cell = head.appendChild(element("th", "", word));
      cell.scope = "col";
    });
    const body = made.appendChild(element("tbody"));
    rows.forEach(function (cells) {
      const line = body.appendChild(element("tr"));
      cells.forEach(function (content) {
        const cell = line.appendChild(element("td"));
        if (content instanceof Node) cell.appendChild(content);
        else cell.textContent = content;
      });
    });
    return made;
  };

  wangge.button = function (word, act, className) {
    const made = element("button", className || "", word);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  };

  // A name that opens a row below its own, and closes it again; what stands there is made then.
  wangge.opening = function (line, name, columns, make) {
    return wangge.button(name, function () {
      const below = line.nextSibling;
      if (below && below.classList.contains("opened")) {
        below.remove();
        return;
      }
      const opened = element("tr", "opened");
      const cell = opened.appendChild(element("td"));
      cell.colSpan = columns;
      cell.appendChild(make());
      line.parentNode.insertBefore(opened, below);
    }, "link");
  };

  // The server's own words are for programs.
  const REFUSALS = {
    401: "登录已过期，请重新登录", 403: "您的岗位没有此项权限", 404: "没有这一项，或不在您的辖区", 409: "与当前情况不符，或他人已先办理，请刷新后再办",
    413: "内容过大", 422: "请核对所选条件或填写内容", 429: "操作过于频繁，请稍后再试", 503: "数据库暂时不可用，已登记的内容都在，请稍后再试",
  };

  function asked(address, options) {
    return fetch(address, options).catch(function () { throw new Error("与服务器的连接中断，请稍后再试"); }).then(function (answer) {
      if (answer.ok) return answer.json();
      throw Object.assign(new Error(REFUSALS[answer.status] || "服务器出错（" + answer.status + "），请稍后再试"), { status: answer.status });
    });
  }

  wangge.get = function (address) {
    return asked(address, { headers: { Accept: "application/json" }, cache: "no-store" }).catch(function (error) {
      if (error.status === 401) location.assign("/login");
      throw error;
    });
  };

  // A field of a form with its word before it.
  wangge.field = function (form, word, input) {
    const label = form.appendChild(wangge.element("label", "", word + " "));
    label.appendChild(input);
    return input;
  };

  // A line of at most so many characters.
  wangge.typed = function (most) {
    const made = wangge.element("input");
    made.type = "text";
    made.maxLength = most;
    return made;
  };

  wangge.post = function (address, body) {
    return asked(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(body),
    });
  };
})(window.wangge);

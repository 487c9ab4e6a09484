"use strict";

// 改落点: appeals whose place is in doubt, each with its candidates, put right by a person.
(function (wangge) {
  const element = wangge.element;
  const PAGE = 30;
  const TITLES = { needs_confirm: "落点待确认", outside: "落点在辖区外", unlocated: "未能定位" };
  const LEVELS = { district: "区", street: "街乡镇", community: "社区（村）", grid: "网格" };

  // get(address) and send(address, body) give promises of what the server answers; map.ask(start,
  // onPoint) lets a point be chosen and map.unask() ends that; onMoved() when a place was changed.
  wangge.makePlaces = function (get, send, map, onMoved) {
    const box = document.getElementById("places");
    let query = null;
    let next = null;
    let opened = null;
    let who = "";

    function close() {
      map.unask();
      opened = null;
      box.hidden = true;
      document.body.classList.remove("on-places");
    }

    function button(words, className, onClick) {
      const made = element("button", className, words);
      made.type = "button";
      made.addEventListener("click", onClick);
      return made;
    }

    // ask(after) gives a promise of a page of appeals.
    function open(title, ask) {
      query = ask;
      opened = null;
      map.unask();
      box.textContent = "";
      box.hidden = false;
      document.body.classList.add("on-places");
      const head = box.appendChild(element("div", "list-head"));
      head.appendChild(element("h2", "", title));
      head.appendChild(button("返回风险提示", "again", close));
      box.appendChild(element("ol", "alerts"));
      next = null;
      load();
    }

    function load() {
      const mine = query;
      const state = box.appendChild(element("p", "state", "正在读取…"));
      state.setAttribute("role", "status");
      mine(next).then(function (page) {
        if (mine !== query) return;
        state.remove();
        const list = box.querySelector("ol");
        page.items.forEach(function (appeal) { list.appendChild(item(appeal)); });
        next = page.next;
        if (!list.children.length) box.appendChild(element("p", "state", "目前没有这样的诉求。"));
        if (next) {
          const more = box.appendChild(button("显示更早的诉求", "more", function () { more.remove(); load(); }));
        }
      }).catch(function () {
        state.textContent = "诉求读取失败。";
        state.appendChild(button("再读一次", "again", function () { state.remove(); load(); }));
      });
    }

    function item(appeal) {
      const made = element("li", "alert");
      const head = made.appendChild(button("", "head", function () { toggle(made, appeal); }));
      head.setAttribute("aria-expanded", "false");
      const text = head.appendChild(element("span", "text"));
      text.appendChild(element("b", "", appeal.address || "（没有地址）"));
      text.appendChild(element("span", "reason", appeal.text));
      const meta = text.appendChild(element("span", "meta"));
      [appeal.source_id, appeal.class_code, wangge.moment(appeal.received_at)].forEach(function (word) {
        if (word) meta.appendChild(element("span", "", word));
      });
      return made;
    }

    function toggle(one, appeal) {
      const before = opened;
      if (before) {
        before.classList.remove("picked");
        before.firstElementChild.setAttribute("aria-expanded", "false");
        if (before.lastElementChild.className === "panel") before.lastElementChild.remove();
        map.unask();
      }
      opened = before === one ? null : one;
      if (!opened) return;
      one.classList.add("picked");
      one.firstElementChild.setAttribute("aria-expanded", "true");
      const panel = one.appendChild(element("div", "panel", "正在读取落点…"));
      get("/api/appeals/" + appeal.appeal_id).then(function (whole) {
        panel.textContent = "";
        if (opened === one) form(panel, one, whole);
      }).catch(function () { panel.textContent = "落点读取失败，请收起后再打开。"; });
    }

    function field(panel, word, value, hint) {
      const label = panel.appendChild(element("label", "field", word));
      const input = label.appendChild(element("input"));
      input.type = "text";
      input.maxLength = 200;
      input.value = value;
      if (hint) input.placeholder = hint;
      return input;
    }

    function form(panel, one, appeal) {
      const place = appeal.place;
      const start = place && typeof place.lon === "number" ? place : null;
      let chosen = null;
      if (place && place.evidence) panel.appendChild(element("p", "", "现有依据：" + place.evidence));
      const choices = panel.appendChild(element("fieldset", "choices"));
      choices.appendChild(element("legend", "", "落在哪里"));
      function choice(words, onChoose) {
        const label = choices.appendChild(element("label"));
        const radio = label.appendChild(element("input"));
        radio.type = "radio";
        radio.name = "place-" + appeal.appeal_id;
        radio.addEventListener("change", onChoose);
        label.appendChild(document.createTextNode(words));
        return label.lastChild;
      }
      (place ? place.candidates : []).forEach(function (unit) {
        const far = typeof unit.distance_m !== "number" ? "" : unit.distance_m === 0 ? "，点位在其内" : "，相距 " + wangge.number(Math.round(unit.distance_m)) + " 米";
        choice((LEVELS[unit.level] || "") + " " + unit.name + far, function () {
          chosen = { unit: unit.level + ":" + unit.code };
        });
      });
      const words = choice("在地图上点选", function () {
        chosen = null;
        words.textContent = "请在地图上点选";
        map.ask(start, function (lon, lat) {
          chosen = { lon: lon, lat: lat, datum: "wgs84" };
          words.textContent = "图上点位 " + lon.toFixed(6) + "，" + lat.toFixed(6);
        });
      });
      const name = field(panel, "地名（可不填）", "", "以后写到此地名的诉求都落在这里");
      if (appeal.suggested_name) {
        panel.appendChild(button("填入「" + appeal.suggested_name + "」", "fill", function () { name.value = appeal.suggested_name; }));
      }
      const by = field(panel, "经办人", wangge.me || who, "");
      by.parentNode.hidden = Boolean(wangge.me);
      const reason = field(panel, "理由", "", "如：与承办单位核实");
      const said = element("p", "said");
      said.setAttribute("role", "status");
      panel.appendChild(button("改落点", "again", function () {
        who = by.value.trim();
        if (!chosen) { said.textContent = "请先选定落在哪里。"; return; }
        if (!who || !reason.value.trim()) { said.textContent = "经办人和理由都要填写。"; return; }
        said.textContent = "正在保存…";
        const body = Object.assign({ who: who, reason: reason.value.trim(), name: name.value.trim() }, chosen);
        send("/api/appeals/" + appeal.appeal_id + "/place", body).then(function (answer) {
          if (!answer.ok) return answer.json().then(function (problem) {
            said.textContent = refusal(answer.status, String(problem.detail));
          });
          toggle(one, appeal);
          one.remove();
          onMoved();
        }).catch(function () { said.textContent = "没有保存：与服务器的连接中断，请再试。"; });
      }));
      panel.appendChild(said);
    }

    function refusal(status, detail) {
      if (status >= 500) return "没有保存：服务器暂时不可用，请稍后再试。";
      if (status === 409) return "没有保存：此地名已指向别处，请清空地名或先撤销原来的地名。";
      if (detail.indexOf("name:") === 0) return "没有保存：此地名过于笼统、含门牌或与单位同名，请改写或清空。";
      if (detail.indexOf("bounding box") >= 0) return "没有保存：所选的点不在辖区范围内。";
      return "没有保存，请核对后再试。";
    }

    return {
      // Appeals by what became of placing them.
      inDoubt: function (status) {
        open(TITLES[status] + "的诉求", function (after) {
          return get("/api/appeals?place=" + status + "&limit=" + PAGE + (after ? "&after=" + encodeURIComponent(after) : ""));
        });
      },
      // The appeals of these numbers.
      of: function (numbers) {
        open("此提示的诉求" + (numbers.length > PAGE ? "（前 " + PAGE + " 件）" : ""), function () {
          return Promise.all(numbers.slice(0, PAGE).map(function (number) { return get("/api/appeals/" + number); }))
            .then(function (items) { return { items: items, next: null }; });
        });
      },
    };
  };
})(window.wangge);

"use strict";

// What the pages of the response share: asking the server, forms of moves, who is asked for a name.
(function (wangge) {
  const element = wangge.element;
  let typed = "";

  wangge.ask = function (address) {
    return fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" }).then(function (answer) {
      if (answer.status === 401) location.assign("/login");
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    });
  };

  wangge.send = function (address, body) {
    return fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(body),
    });
  };

  // Whether somebody has signed in; where nobody has to, each form asks for a name.
  wangge.session = wangge.ask("/api/session").then(function (who) {
    wangge.me = who.open ? "" : who.name;
    wangge.rights = who.rights;
    const demo = document.getElementById("demo");
    if (demo) demo.hidden = !who.demo;
    const city = document.getElementById("city");
    if (city) city.textContent = who.jurisdiction;
    Array.from(document.querySelectorAll(".top nav a[data-right]")).forEach(function (link) {
      link.hidden = who.rights.indexOf(link.dataset.right) < 0;
    });
    return who;
  });

  wangge.lost = function () {
    const box = document.getElementById("lost");
    box.textContent = "与服务器的连接中断，页面内容可能不是最新。";
    box.hidden = false;
  };

  function labelled(where, word, hint, input) {
    const label = where.appendChild(element("label", "field", word));
    if (hint) label.appendChild(element("small", "", "（" + hint + "）"));
    label.appendChild(input);
    return input;
  }

  // Kinds of fields of a form; each gives a function that reads its value.
  const KINDS = {
    text: function (where, of) {
      const input = labelled(where, of.word, of.hint, element(of.long ? "textarea" : "input"));
      input.maxLength = of.most || 500;
      input.required = Boolean(of.must);
      if (of.type) input.type = of.type;
      if (of.value) input.value = of.value;
      return function () {
        const value = input.value.trim();
        if (!value) return of.none === undefined ? "" : of.none;
        return of.type === "datetime-local" ? new Date(value).toISOString() : value;
      };
    },
    choose: function (where, of) {
      const input = labelled(where, of.word, of.hint, element("select"));
      of.choices.forEach(function (one) {
        const option = input.appendChild(element("option", "", one[1]));
        option.value = one[0];
      });
      if (of.value) input.value = of.value;
      return function () { return input.value; };
    },
    pick: function (where, of) {
      const set = where.appendChild(element("fieldset"));
      set.appendChild(element("legend", "", of.word));
      const name = "pick-" + of.name;
      of.choices.forEach(function (one, i) {
        const label = set.appendChild(element("label", "choice"));
        const input = label.appendChild(element("input"));
        input.type = of.many ? "checkbox" : "radio";
        input.name = name;
        input.value = one[0];
        input.checked = of.many ? (of.value || []).indexOf(one[0]) >= 0 : i === 0;
        label.appendChild(document.createTextNode(one[1]));
      });
      return function () {
        const all = Array.from(set.querySelectorAll("input:checked")).map(function (one) { return one.value; });
        return of.many ? all : all[0];
      };
    },
    // Who has been called already: a tick, and when or to whom.
    calls: function (where, of) {
      const set = where.appendChild(element("fieldset"));
      set.appendChild(element("legend", "", "已通知"));
      const grid = set.appendChild(element("div", "calls"));
      const rows = ["110", "119", "120", "抢修"].map(function (service) {
        const line = grid.appendChild(element("div"));
        const label = line.appendChild(element("label", "choice"));
        const tick = label.appendChild(element("input"));
        tick.type = "checkbox";
        label.appendChild(document.createTextNode(service));
        const when = line.appendChild(element("input"));
        when.type = "text";
        when.maxLength = 60;
        when.placeholder = "时间或单位";
        when.setAttribute("aria-label", service + " 通知时间或单位");
        const known = (of.value || {})[service];
        tick.checked = known !== undefined;
        when.value = known || "";
        when.addEventListener("input", function () { tick.checked = true; });
        return function (into) { if (tick.checked) into[service] = when.value.trim(); };
      });
      return function () {
        const all = {};
        rows.forEach(function (row) { row(all); });
        return all;
      };
    },
  };

  // A form of these fields; onDone(answer as JSON) when the server has it, onTaken() when somebody
  // was first, which gives the words to say.
  wangge.makeForm = function (of, onDone, onTaken) {
    const form = element("form", "move");
    const name = wangge.me ? null : KINDS.text(form, { word: "经办人", value: typed, must: true, most: 100 });
    const reads = of.fields.map(function (field) { return [field.name, KINDS[field.kind](form, field)]; });
    const line = form.appendChild(element("div", "actions"));
    const button = line.appendChild(element("button", "act main", of.word));
    button.type = "submit";
    const said = form.appendChild(element("p", "said"));
    said.setAttribute("role", "status");
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      const body = Object.assign({}, of.body);
      reads.forEach(function (read) {
        const value = read[1]();
        if (value !== undefined && value !== null) body[read[0]] = value;
      });
      body.who = name ? name() : wangge.me;
      if (name) typed = body.who;
      button.disabled = true;
      said.textContent = "正在保存…";
      wangge.send(of.address, body).then(function (answer) {
        if (answer.ok) return answer.json().then(onDone);
        return answer.json().then(function (problem) {
          if (answer.status !== 409) said.textContent = refusal(answer.status, problem);
          else return onTaken(problem).then(function (words) { said.textContent = words; });
          return null;
        });
      }).catch(function () { said.textContent = "没有保存：与服务器的连接中断，请再试。"; })
        .then(function () { button.disabled = false; });
    });
    return form;
  };

  function refusal(status, problem) {
    if (status === 403) return "没有保存：您的岗位没有此项权限，或这不是您的岗位、单位。";
    if (status === 422) return "没有保存，请核对填写内容：" + field(problem);
    return "没有保存，请稍后再试（" + status + "）。";
  }

  const FIELDS = {
    reason: "请写明理由或情况", words: "请写明内容", hours: "时长超过该等级上限", bureaus: "请至少选择一个单位",
    agreed_at: "请填写约定到场时间（须晚于现在）", post: "请选择岗位", level: "等级", who: "经办人", street: "街乡镇",
    about: "请选择所答复的事项",
  };

  function field(problem) {
    const name = (problem.errors && problem.errors.length ? problem.errors[0].field : String(problem.detail).split(":")[0]);
    return (FIELDS[name.trim()] || name) + "。";
  }

  // One line a move: when, what, who, in which words, who was told.
  wangge.timeline = function (moves, more) {
    const list = element("ol", "timeline");
    moves.forEach(function (made) {
      const line = list.appendChild(element("li"));
      const head = line.appendChild(element("p"));
      head.appendChild(element("time", "", wangge.moment(made.at)));
      head.appendChild(element("b", "", made.label));
      head.appendChild(document.createTextNode(made.by + (made.post ? "（" + made.post + "）" : "")));
      (more ? more(made) : []).concat(made.words ? [made.words] : []).forEach(function (words) {
        line.appendChild(element("p", "", words));
      });
    });
    return list;
  };

  // A row of buttons, each opening its form below; one is open at a time.
  wangge.buttons = function (where, choices) {
    const row = where.appendChild(element("div", "actions"));
    const below = where.appendChild(element("div"));
    let open = null;
    choices.forEach(function (one) {
      const button = row.appendChild(element("button", "act " + (one.look || ""), one.word));
      button.type = "button";
      button.dataset.move = one.name;
      button.setAttribute("aria-expanded", "false");
      button.addEventListener("click", function () {
        Array.from(row.children).forEach(function (other) { other.setAttribute("aria-expanded", "false"); });
        below.textContent = "";
        open = open === one.name ? null : one.name;
        if (open === null) return;
        button.setAttribute("aria-expanded", "true");
        const form = below.appendChild(one.form());
        const first = form.querySelector("input, select, textarea, button");
        if (first) first.focus();
      });
    });
  };

  // Rows of cells; a cell is a word or something made.
  wangge.table = function (heads, rows) {
    const box = element("div", "scroll");
    const table = box.appendChild(element("table"));
    const head = table.appendChild(element("thead")).appendChild(element("tr"));
    heads.forEach(function (word) { head.appendChild(element("th", "", word)).scope = "col"; });
    const body = table.appendChild(element("tbody"));
    rows.forEach(function (cells) {
      const line = body.appendChild(element("tr"));
      cells.forEach(function (cell, i) {
        const made = line.appendChild(element("td"));
        made.dataset.head = heads[i]; // said before each cell where a row is a card
        if (cell instanceof Node) made.appendChild(cell);
        else made.textContent = cell;
      });
    });
    return box;
  };
})(window.wangge);

"use strict";

// 突发事件信息报告 of an alert as files: 首报, 续报 with what is new since a move, 终报.
(function (wangge) {
  const element = wangge.element;
  const FORMS = [["docx", "Word"], ["pdf", "PDF"]];
  const MOST_PARTS = 9;

  function link(where, alert, word, asked, form, main, paper) {
    const made = where.appendChild(element("a", "act" + (main ? " main" : ""), word + "（" + form[1] + "）"));
    made.href = "/api/alerts/" + alert.id + "/" + (paper || "report") + "?" + asked + "&format=" + form[0];
    made.download = "";
    return made;
  }

  function chosen(where, word, choices, value) {
    const label = where.appendChild(element("label", "field", word));
    const input = label.appendChild(element("select"));
    choices.forEach(function (one) { input.appendChild(element("option", "", one[1])).value = one[0]; });
    input.value = value;
    return input;
  }

  // Of a 续报: which one it is, and what the report before had; the links follow both.
  function further(where, alert) {
    const of = where.appendChild(element("details"));
    of.appendChild(element("summary", "", "续报（只写新情况）"));
    const parts = [];
    for (let i = 1; i <= MOST_PARTS; i += 1) parts.push([String(i), "续报" + "一二三四五六七八九"[i - 1]]);
    const part = chosen(of, "第几次", parts, "1");
    const moves = alert.moves.map(function (made) { return [String(made.number), wangge.moment(made.at) + " " + made.label]; });
    const told = alert.moves.filter(function (made) { return made.move === "push" || made.move === "sign"; });
    const since = chosen(of, "上次报告截至", moves, String((told[told.length - 1] || alert.moves[0]).number));
    const row = of.appendChild(element("div", "actions"));
    function links() {
      row.textContent = "";
      const asked = "kind=follow&since=" + since.value + "&part=" + part.value;
      FORMS.forEach(function (form) { link(row, alert, "续报", asked, form); });
    }
    part.addEventListener("change", links);
    since.addEventListener("change", links);
    links();
  }

  // 提示单 for the file, 抄告单 for a unit that our network does not reach: its slip comes back.
  function sheets(where, alert) {
    const row = where.appendChild(element("div", "actions"));
    FORMS.forEach(function (form) { link(row, alert, "提示单", "kind=sheet", form, false, "sheet"); });
    if (wangge.rights.indexOf("respond") < 0) return;
    const of = where.appendChild(element("details"));
    of.appendChild(element("summary", "", "抄告单（附回执，送未联网单位）"));
    const label = of.appendChild(element("label", "field", "主送单位"));
    const to = label.appendChild(element("input"));
    to.maxLength = 60;
    const links = of.appendChild(element("div", "actions"));
    function made() {
      links.textContent = "";
      const asked = "kind=copy&to=" + encodeURIComponent(to.value.trim());
      FORMS.forEach(function (form) { link(links, alert, "抄告单", asked, form, false, "sheet"); });
    }
    to.addEventListener("input", made);
    made();
  }

  // Made anew only after a move, so that what somebody has chosen stays.
  wangge.alertReport = function (box, alert) {
    box.hidden = !wangge.rights;
    if (box.hidden || box.dataset.seen === String(alert.seen)) return;
    box.dataset.seen = String(alert.seen);
    const where = box.lastElementChild;
    where.textContent = "";
    sheets(where, alert);
    if (wangge.rights.indexOf("respond") < 0) return;
    where.appendChild(element("h3", "", "突发事件信息报告"));
    const over = wangge.ENDED.indexOf(alert.state) >= 0;
    const row = where.appendChild(element("div", "actions"));
    FORMS.forEach(function (form) { link(row, alert, "首报", "kind=first", form, !over && form[0] === "docx"); });
    if (over) FORMS.forEach(function (form) { link(row, alert, "终报", "kind=final", form, form[0] === "docx"); });
    if (alert.moves.length) further(where, alert);
    where.appendChild(element("p", "quiet", "未掌握的内容在报告中标注“待核实”，请核对、补充、签发后报送。"));
  };
})(window.wangge);

"use strict";

// Plain toggles: which levels and kinds of alerts are shown. What is ticked is in list and map.
(function (wangge) {
  const element = wangge.element;

  function toggle(word, onChange) {
    const label = element("label", "toggle");
    const box = label.appendChild(element("input"));
    box.type = "checkbox";
    box.checked = true;
    box.addEventListener("change", onChange);
    label.appendChild(element("span", "", word));
    const count = label.appendChild(element("small"));
    return { label: label, box: box, count: count };
  }

  wangge.makeToggles = function (where, onChange) {
    const rows = [
      ["等级", Object.keys(wangge.LEVELS).map(function (level) {
        return { word: wangge.LEVELS[level].word, holds: function (alert) { return alert.level === level; } };
      })],
      ["类型", wangge.KIND_TOGGLES.map(function (of) {
        return { word: of[0], holds: function (alert) { return of[1].indexOf(alert.kind) >= 0; } };
      })],
    ];
    rows.forEach(function (row) {
      const group = where.appendChild(element("div", "toggles"));
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", "按" + row[0] + "筛选");
      group.appendChild(element("span", "", row[0]));
      row[1].forEach(function (one) {
        one.made = toggle(one.word, onChange);
        group.appendChild(one.made.label);
      });
    });

    return {
      shows: function (alert) {
        return rows.every(function (row) {
          const own = row[1].find(function (one) { return one.holds(alert); });
          return !own || own.made.box.checked;
        });
      },
      count: function (alerts) {
        rows.forEach(function (row) {
          row[1].forEach(function (one) {
            one.made.count.textContent = alerts.filter(one.holds).length;
          });
        });
      },
    };
  };

  // The definitions close as any panel does.
  document.addEventListener("keydown", function (event) {
    const open = document.querySelector("details.notes[open]");
    if (event.key !== "Escape" || !open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
  document.addEventListener("click", function (event) {
    const open = document.querySelector("details.notes[open]");
    if (open && !open.contains(event.target)) open.open = false;
  });
})(window.wangge);

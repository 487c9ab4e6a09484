"use strict";

// Colours and class limits of the maps, the same as in maps/palette.py (a test compares them).
(function (wangge) {
  const SEQUENCE = ["#d3e6ea", "#aacfd6", "#7fb3bf", "#458a9b", "#1c5a6b"];
  const GROWTH = ["#3f74a8", "#a9c8e2", "#e4e4df", "#f0bd84", "#b86414"];
  const SPREAD = [[2], [1, 3], [0, 2, 4], [0, 1, 3, 4], [0, 1, 2, 3, 4]];
  const NO_DATA = "#ffffff";
  const SMALL = "#f4f7f7";

  function known(value) {
    return typeof value === "number" && isFinite(value);
  }

  // Linear interpolation between the two nearest ranks, as numpy does.
  function quantile(sorted, q) {
    const at = q * (sorted.length - 1);
    const low = Math.floor(at);
    const high = Math.min(low + 1, sorted.length - 1);
    return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
  }

  // Limits of whole things are whole, which changes no class.
  function limits(values, whole) {
    const sorted = values.filter(function (v) { return known(v) && v > 0; });
    sorted.sort(function (a, b) { return a - b; });
    const found = [];
    for (let step = 1; step < SEQUENCE.length && sorted.length; step += 1) {
      const rounded = Number(quantile(sorted, step / SEQUENCE.length).toPrecision(2));
      const limit = whole ? Math.ceil(rounded) : rounded;
      if (limit > sorted[0] && found.indexOf(limit) < 0) found.push(limit);
    }
    return found;
  }

  function ramp(steps) {
    return SPREAD[steps - 1].map(function (position) { return SEQUENCE[position]; });
  }

  function colour(value, between) {
    if (!known(value)) return NO_DATA;
    if (value <= 0) return SMALL;
    let step = 0;
    while (step < between.length && value >= between[step]) step += 1;
    return ramp(between.length + 1)[step];
  }

  function growthColour(value, sure) {
    if (!known(value)) return NO_DATA;
    if (!sure) return GROWTH[2];
    if (value < 0) return value <= -0.3 ? GROWTH[0] : GROWTH[1];
    return value >= 0.3 ? GROWTH[4] : GROWTH[3];
  }

  function legend(measure, between) {
    if (measure === "growth") {
      const words = ["下降 30% 及以上", "下降", "变化不明显", "上升", "上升 30% 及以上"];
      const steps = words.map(function (word, i) { return [GROWTH[i], word]; });
      steps.push([NO_DATA, "基数不足或无可比数据"]);
      return steps;
    }
    const written = between.map(wangge.number);
    const labels = written.map(function (limit, i) {
      return i === 0 ? "不足 " + limit + " 件" : written[i - 1] + " 至不足 " + limit + " 件";
    });
    labels.push(written.length ? written[written.length - 1] + " 件及以上" : "有诉求");
    const shades = ramp(labels.length);
    const steps = labels.map(function (label, i) { return [shades[i], label]; });
    steps.unshift([SMALL, measure === "n" ? "0 或小于5 件" : "0"]);
    if (measure === "rate") steps.push([NO_DATA, "户数不详或数量过小"]);
    return steps;
  }

  wangge.palette = {
    SEQUENCE: SEQUENCE, GROWTH: GROWTH, NO_DATA: NO_DATA, SMALL: SMALL,
    limits: limits, ramp: ramp, colour: colour, growthColour: growthColour, legend: legend,
  };
})(window.wangge);

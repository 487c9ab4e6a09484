"use strict";

// A red alert that comes while the desk is open: the title flashes and a tone sounds until somebody
// touches the page. The tone can be switched off; browsers let it sound after the first touch.
(function (wangge) {
  const FLASH_MS = 1000;
  const TONE_EVERY = 5;
  const KEY = "wangge-sound";
  const seen = new Set();
  let audio = null;
  let timer = 0;
  let ticks = 0;
  let usual = "";
  let sounds = localStorage.getItem(KEY) !== "off";

  function tone() {
    if (!sounds || !audio || audio.state !== "running") return;
    [0, 0.35].forEach(function (after) {
      const wave = audio.createOscillator();
      const gain = audio.createGain();
      wave.frequency.value = 880;
      gain.gain.value = 0.2;
      wave.connect(gain);
      gain.connect(audio.destination);
      wave.start(audio.currentTime + after);
      wave.stop(audio.currentTime + after + 0.25);
    });
  }

  function stop() {
    if (!timer) return;
    clearInterval(timer);
    timer = 0;
    document.title = usual;
  }

  function touched() {
    if (!audio && window.AudioContext) audio = new AudioContext();
    if (audio && audio.state === "suspended") audio.resume();
    stop();
  }

  // Alerts that were there when the page was opened ring for nobody.
  wangge.knownAlerts = function (alerts) {
    alerts.forEach(function (alert) { if (alert.level === "red") seen.add(alert.id); });
  };

  wangge.ring = function (alert) {
    const rings = alert.level === "red" && wangge.group(alert) === "open" && !seen.has(alert.id);
    if (alert.level === "red") seen.add(alert.id);
    else seen.delete(alert.id); // a level that rises to red rings
    if (!rings || timer) return;
    usual = document.title;
    ticks = 0;
    tone();
    timer = setInterval(function () {
      ticks += 1;
      document.title = ticks % 2 ? "【红色提示】" + alert.headline : usual;
      if (ticks % TONE_EVERY === 0) tone();
    }, FLASH_MS);
  };

  const button = document.getElementById("sound");
  function show() {
    button.textContent = sounds ? "红色提示响铃：开" : "红色提示响铃：关";
    button.setAttribute("aria-pressed", String(sounds));
  }
  button.addEventListener("click", function () {
    sounds = !sounds;
    localStorage.setItem(KEY, sounds ? "on" : "off");
    touched();
    show();
    tone();
  });
  document.addEventListener("pointerdown", touched);
  document.addEventListener("keydown", touched);
  show();
})(window.wangge);

// Keys, clocks that count down, and folding. Every page works without it.
(function () {
  "use strict";
  var rows = function () { return Array.prototype.slice.call(document.querySelectorAll("[data-row]")); };
  var waiting = false;

  function at() { return document.querySelector("[data-row].at"); }

  function move(step) {
    var all = rows();
    if (!all.length) { return; }
    var here = all.indexOf(at());
    var next = all[Math.max(0, Math.min(all.length - 1, here + step))];
    all.forEach(function (row) { row.classList.remove("at"); });
    next.classList.add("at");
    next.scrollIntoView({ block: "nearest" });
    var link = next.querySelector("a");
    if (link) { link.focus({ preventScroll: true }); }
  }

  function follow(selector, root) {
    var link = (root || document).querySelector(selector);
    if (link) { link.click(); }
    return Boolean(link);
  }

  function help() {
    var dialog = document.getElementById("help");
    if (dialog && !dialog.open) { dialog.showModal(); }
  }

  function fold() {
    var all = document.querySelectorAll("main details");
    var open = Array.prototype.some.call(all, function (one) { return one.open; });
    all.forEach(function (one) { one.open = !open; });
  }

  function typing(target) {
    return target && (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable);
  }

  var keys = {
    "j": function () { move(1); },
    "k": function () { move(-1); },
    "n": function () { follow("main [data-next]"); },
    "p": function () { follow("main [data-prev]"); },
    "o": function () { if (at()) { follow("[data-open]", at()); } },
    "u": fold,
    "?": help,
    "/": function () { var field = document.querySelector("[data-key='/']"); if (field) { field.focus(); } },
    "f": function () { var field = document.querySelector("main form input:not([type=hidden]), main form select"); if (field) { field.focus(); } },
    "g": function () { waiting = true; window.setTimeout(function () { waiting = false; }, 1500); }
  };

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (waiting) {
      waiting = false;
      if (follow("[data-go='" + event.key.replace(/[^a-z]/g, "") + "']")) { event.preventDefault(); }
      return;
    }
    if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
  });

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-help]")) { help(); }
  });

  var begun = Date.now();
  function span(minutes) {
    var days = Math.floor(minutes / 1440), hours = Math.floor(minutes / 60) % 24;
    return days ? days + " d " + hours + " h" : hours + " h " + (minutes % 60) + " min";
  }
  function tick() {
    document.querySelectorAll("time.clock").forEach(function (one) {
      var passed = document.body.dataset.still ? 0 : Date.now() - begun;
      var left = Date.parse(one.dateTime) - Date.parse(one.dataset.now) - passed;
      if (left > 0) {
        one.textContent = span(Math.floor(left / 60000));
        one.classList.toggle("soon", left < 2 * 86400000);
      }
    });
  }
  window.setInterval(tick, 30000);
}());

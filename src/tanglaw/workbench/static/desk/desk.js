// Keys, clocks that count down, folding, marking rows, and looking closely at a time line. Every page works without it.
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

  function mark(row) {
    var box = row && row.querySelector("input[type=checkbox]");
    if (box) { box.checked = !box.checked; marked(); }
  }

  // How many rows are marked, and what may be done with them.
  function marked() {
    var bar = document.querySelector("[data-marks]");
    if (!bar) { return; }
    var boxes = document.querySelectorAll("[data-row] input[data-mark]"), n = 0;
    boxes.forEach(function (box) {
      n += box.checked ? 1 : 0;
      box.closest("[data-row]").classList.toggle("marked", box.checked);
    });
    bar.hidden = n === 0;
    bar.querySelector("[data-count]").textContent = String(n);
  }

  // Drawing over a time line asks for the span that was drawn over; a double click for the middle part around it.
  var drawn = null;
  function part(picture, event) {
    var svg = picture.querySelector("svg"), box = svg.getBoundingClientRect(), data = picture.dataset;
    var x = (event.clientX - box.left) / box.width * Number(data.width);
    return Math.min(1, Math.max(0, (x - Number(data.left)) / (Number(data.right) - Number(data.left))));
  }
  function instant(data, share) {
    var from = Number(data.from), to = Number(data.to);
    return new Date((from + (to - from) * share) * 1000).toISOString().slice(0, 19);
  }
  function look(picture, first, last) {
    var data = picture.dataset, query = "?from=" + instant(data, first) + "&to=" + instant(data, last);
    window.htmx.ajax("GET", data.part + query, { target: "#line-picture", swap: "outerHTML" });
    // As htmx marks its own steps, so that going back asks the server for the picture before.
    window.history.replaceState({ htmx: true }, "", window.location.href);
    window.history.pushState({ htmx: true }, "", data.page + query);
  }
  function show(picture, first, last) {
    var span = picture.querySelector(".span"), data = picture.dataset, left = Number(data.left), width = Number(data.right) - left;
    span.setAttribute("x", String(left + width * first));
    span.setAttribute("width", String(width * (last - first)));
  }
  document.addEventListener("mousedown", function (event) {
    var svg = event.target.closest("[data-line] svg");
    if (!svg || event.button || event.target.closest("a")) { return; }
    drawn = { picture: svg.closest("[data-line]"), from: 0 };
    drawn.from = part(drawn.picture, event);
    event.preventDefault();
  });
  document.addEventListener("mousemove", function (event) {
    if (!drawn) { return; }
    var here = part(drawn.picture, event);
    show(drawn.picture, Math.min(here, drawn.from), Math.max(here, drawn.from));
  });
  document.addEventListener("mouseup", function (event) {
    if (!drawn) { return; }
    var was = drawn, here = part(was.picture, event);
    drawn = null;
    if (Math.abs(here - was.from) > 0.01) {
      look(was.picture, Math.min(here, was.from), Math.max(here, was.from));
    } else { show(was.picture, 0, 0); }
  });
  document.addEventListener("dblclick", function (event) {
    var picture = event.target.closest("[data-line]");
    if (!picture || !event.target.closest("svg")) { return; }
    var here = part(picture, event);
    look(picture, Math.max(0, here - 0.15), Math.min(1, here + 0.15));
  });

  var keys = {
    "j": function () { move(1); },
    "k": function () { move(-1); },
    "n": function () { follow("main [data-next]"); },
    "p": function () { follow("main [data-prev]"); },
    "o": function () { if (at()) { follow("[data-open]", at()); } },
    "u": fold,
    "x": function () { mark(at()); },
    "+": function () { follow("[data-zoom=in]"); },
    "-": function () { follow("[data-zoom=out]"); },
    "[": function () { follow("[data-zoom=earlier]"); },
    "]": function () { follow("[data-zoom=later]"); },
    "0": function () { follow("[data-zoom=whole]"); },
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

  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-mark]")) { marked(); }
    if (event.target.matches("[data-mark-all]")) {
      document.querySelectorAll("[data-row] input[data-mark]").forEach(function (box) { box.checked = event.target.checked; });
      marked();
    }
  });
  document.addEventListener("htmx:afterSwap", marked);
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
  marked();
}());

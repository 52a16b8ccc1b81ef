// How much was read today, for the eyes of the reader alone: kept in this browser, never sent, gone the next day.
(function () {
  "use strict";
  var place = document.querySelector("[data-exposure]");
  if (!place) { return; }
  var rest = document.querySelector("[data-rest]");
  var prefix = "tanglaw-read-";
  var key = prefix + place.dataset.exposure + "-" + new Date().toDateString();
  var TEXTS = 25, MINUTES = 50, AWAY = 5 * 60000;
  var store;
  try { store = window.localStorage; } catch (refused) { return; }

  // Of other days and other people nothing stays in this browser.
  Object.keys(store).forEach(function (one) { if (one.indexOf(prefix) === 0 && one !== key) { store.removeItem(one); } });

  function read() {
    try { return JSON.parse(store.getItem(key)) || {}; } catch (broken) { return {}; }
  }
  function kept(change) {
    var now = Object.assign({ texts: 0, minutes: 0, sinceTexts: 0, sinceMinutes: 0, last: 0 }, read());
    change(now);
    store.setItem(key, JSON.stringify(now));
    show(now);
  }
  function show(now) {
    place.hidden = !(now.texts || now.minutes);
    place.querySelector("[data-texts]").textContent = now.texts;
    place.querySelector("[data-minutes]").textContent = now.minutes;
    rest.hidden = !(now.sinceTexts >= TEXTS || now.sinceMinutes >= MINUTES);
  }

  document.addEventListener("toggle", function (event) {
    if (event.target.matches("details.text") && event.target.open) {
      kept(function (now) { now.texts += 1; now.sinceTexts += 1; });
    }
  }, true);
  function minute() {
    if (document.visibilityState !== "visible") { return; }
    kept(function (now) {
      var at = Date.now();
      // Who was away has had a break.
      if (now.last && at - now.last > AWAY) { now.sinceTexts = 0; now.sinceMinutes = 0; }
      if (now.last && at - now.last < 55000) { return; }
      if (now.last && at - now.last <= AWAY) { now.minutes += 1; now.sinceMinutes += 1; }
      now.last = at;
    });
  }
  rest.querySelector("button").addEventListener("click", function () {
    kept(function (now) { now.sinceTexts = 0; now.sinceMinutes = 0; });
  });
  place.querySelector("button").addEventListener("click", function () { store.removeItem(key); show({}); });
  minute();
  window.setInterval(minute, 60000);
}());

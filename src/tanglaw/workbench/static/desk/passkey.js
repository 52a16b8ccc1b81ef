// Passkeys: asks the browser for one when a form needs it, and sends what it gives.
(function () {
  "use strict";
  var known = window.PublicKeyCredential && PublicKeyCredential.parseCreationOptionsFromJSON;

  function tell(form, text) {
    var place = form.querySelector("[data-told]");
    if (place) { place.textContent = text; }
  }

  async function options(form) {
    if (form.dataset.options) { return JSON.parse(form.dataset.options).publicKey; }
    var answer = await fetch(form.action, { headers: { "Accept": "application/json" } });
    if (!answer.ok) { throw new Error(String(answer.status)); }
    return (await answer.json()).request_options.publicKey;
  }

  async function ask(form) {
    var asked = await options(form);
    if (form.dataset.passkey !== "create") {
      return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
    }
    var alone = form.querySelector("[name=passwordless]");
    if (alone && alone.checked) {
      asked.authenticatorSelection = { residentKey: "required", requireResidentKey: true, userVerification: "required" };
    }
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) });
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.dataset || !form.dataset.passkey) { return; }
    event.preventDefault();
    if (!known) { tell(form, form.dataset.without); return; }
    ask(form).then(function (found) {
      form.querySelector("[name=credential]").value = JSON.stringify(found.toJSON());
      form.submit();
    }, function () { tell(form, form.dataset.failed); });
  });
}());

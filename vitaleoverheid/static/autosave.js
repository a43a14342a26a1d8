// Three ways in which Wagtail 7.4 loses the last words of an editor who leaves, without a warning (UnsavedController):
// 1. When a draft has arrived, the form counts as saved as it stands, with what was typed while that was on its way.
// 2. It does so once more just after a page was opened, as Stimulus connects it again when w-init leaves the form.
// 3. After a mistake it looks once whether there is anything to save, and never again.
// So a form is compared with what it was at first and then with what was sent, and looked at all the time.
const unsaved = (form) => window.wagtail.app.getControllerForElementAndIdentifier(form, "w-unsaved");

const compareWith = (form, saved) => {
  Object.assign(form, { saved, initialFormData: saved, previousFormData: saved });
};

document.addEventListener("w-unsaved:ready", ({ target }) => {
  const form = unsaved(target);
  form.checkInterval ??= setInterval(form.check, form.checkIntervalValue);
});

document.addEventListener("w-unsaved:watch-edits", ({ target, detail }) => {
  const form = unsaved(target);
  compareWith(form, form.saved ?? detail.initialFormData);
});

document.addEventListener("w-autosave:save", ({ target }) => {
  const form = unsaved(target);
  form.sent = form.formData;
  if (!form.saved) compareWith(form, form.sent);
});

document.addEventListener("w-autosave:success", ({ target }) => {
  const form = unsaved(target);
  compareWith(form, form.sent);
});

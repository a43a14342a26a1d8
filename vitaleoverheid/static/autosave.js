// What is typed while a draft is on its way is not in it, yet Wagtail 7.4 calls the form saved once it has arrived
// (UnsavedController.clear): the last words are lost when the editor leaves, without a warning. So the form is compared
// with what was sent, not with what stands there by then.
const unsaved = (form) => window.wagtail.app.getControllerForElementAndIdentifier(form, "w-unsaved");
let sent;

document.addEventListener("w-autosave:save", ({ target }) => {
  sent = unsaved(target).formData;
});

document.addEventListener("w-autosave:success", ({ target }) => {
  const form = unsaved(target);
  form.initialFormData = sent;
  form.previousFormData = sent;
  form.check();
});

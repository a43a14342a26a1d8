// Wagtail 7.4 takes words for saved that are in no draft, and they are lost when the editor leaves, without a warning. It
// takes the form as it stands for what is saved (UnsavedController.setInitialFormData) when a draft has arrived, whatever
// was typed while that was on its way; and a second time soon after a page was opened, because Stimulus connects the
// controller again when w-init leaves the form. So a form is compared with what it was at first, then with what was sent.
const unsaved = (form) => window.wagtail.app.getControllerForElementAndIdentifier(form, "w-unsaved");

document.addEventListener("w-unsaved:watch-edits", ({ target, detail }) => {
  const form = unsaved(target);
  form.saved ??= detail.initialFormData;
  form.initialFormData = form.saved;
  form.previousFormData = form.saved;
});

document.addEventListener("w-autosave:save", ({ target }) => {
  unsaved(target).sent = unsaved(target).formData;
});

// Before Wagtail hears of it.
document.addEventListener("w-autosave:success", ({ target }) => {
  unsaved(target).saved = unsaved(target).sent;
}, { capture: true });

// Says so when the device or its owner did not confirm; allauth's script leaves it at an event.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const note = document.getElementById("passkey-failed");
  if (note) note.hidden = false;
});
